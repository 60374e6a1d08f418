"""The families of features, one a module; `features.catalogue` finds what is here."""
