"""What a model was fitted on: features, how each was defined, and the categories it knew.

The contract travels with the model. Scoring encodes by it and refuses features that are defined
otherwise by now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from contracts.errors import FeaturesChanged
from contracts.names import fingerprint
from contracts.schema import SNAPSHOT_KEY

# Categories beyond the commonest are one, `__other__`, as are those that training never saw.
_MOST_CATEGORIES = 20

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ContractedFeature:
    """One column of the matrix.

    `categories` are known values, the commonest first, or None of a number; `other_share` is the
    share of all other values in training.
    """

    name: str
    definition: str
    categories: tuple[str, ...] | None = None
    other_share: float = 0.0


@dataclass(frozen=True)
class FeatureContract:
    """The columns of a model's matrix, in their order."""

    features: tuple[ContractedFeature, ...]

    @classmethod
    def learn(cls, rows: pa.Table, definitions: Mapping[str, str]) -> Self:
        """Return the contract of all features in `rows`; texts are categories.

        `definitions` says feature -> what stands for how it is defined.
        """
        return cls(
            tuple(
                _learnt(name, definitions.get(name, ""), rows[name])
                for name in rows.column_names
                if name not in SNAPSHOT_KEY
            )
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names, in the order of the matrix."""
        return tuple(feature.name for feature in self.features)

    @property
    def digest(self) -> str:
        """What stands for the whole contract: equal contracts, equal digests."""
        return fingerprint(self.to_json())

    def matrix(self, rows: pa.Table) -> Matrix:
        """Return (rows, features) in float32: NaN where not known, codes for categories.

        What is not finite counts as not known. A category is the number of its place in the
        contract; one that the contract does not know is `__other__`, the number after the last.
        """
        X = np.empty((len(rows), len(self.features)), dtype=np.float32)
        self.fill(X, rows.select(self.names), slice(None))
        return X

    def fill(self, X: Matrix, rows: pa.Table, order: slice | npt.NDArray[np.int64]) -> None:
        """Write the features that a table has into a matrix; `order` are its rows for those of `X`.

        The other features are left as they are.
        """
        with np.errstate(over="ignore"):
            for place, each in enumerate(self.features):
                if each.name not in rows.column_names:
                    continue
                column = _encoded(rows[each.name], each.categories).astype(np.float32)
                # XGBoost takes no infinite values; this includes what float32 cannot hold.
                column[np.isinf(column)] = np.nan
                X[:, place] = column[order]

    @property
    def definitions(self) -> dict[str, str]:
        """Feature -> what stands for how it is defined."""
        return {each.name: each.definition for each in self.features}

    def recode(self, X: Matrix, to: FeatureContract, *, model: str) -> Matrix:
        """Return the matrix that `to`, the contract of `model`, makes of the rows behind `X`.

        A value that is one of the others here is one of the others there too, even if `to` knows
        it.

        Raises
        ------
        FeaturesChanged
            `to` has features that are defined otherwise here, are missing, or are of another kind.
        """
        places = {each.name: place for place, each in enumerate(self.features)}
        same_kind = {
            each.name: self.definitions[each.name]
            for each in to.features
            if each.name in places
            and (each.categories is None) == (self.features[places[each.name]].categories is None)
        }
        to.check(same_kind, model=model)
        columns = [
            _recoded(X[:, places[each.name]], self.features[places[each.name]], each)
            for each in to.features
        ]
        return np.column_stack(columns).astype(np.float32)

    def unseen(self, X: Matrix) -> dict[str, float]:
        """Return category -> how much greater the share of others is in `X` than in training."""
        return {
            each.name: _share_of(X[:, place], len(each.categories)) - each.other_share
            for place, each in enumerate(self.features)
            if each.categories is not None
        }

    def check(self, definitions: Mapping[str, str], *, model: str) -> None:
        """Check that every feature is still defined as it was when the model was fitted.

        Raises
        ------
        FeaturesChanged
            Some are not, or are gone.
        """
        changed = [
            each.name for each in self.features if definitions.get(each.name) != each.definition
        ]
        if changed:
            now = fingerprint({name: definitions.get(name) for name in self.names})
            then = fingerprint(self.definitions)
            raise FeaturesChanged(model, changed, then=then, now=now)

    def to_json(self) -> list[dict[str, Any]]:
        """Return what `from_json` reads."""
        return [
            {
                "name": each.name, "definition": each.definition,
                "type": "number" if each.categories is None else "category",
                "categories": None if each.categories is None else list(each.categories),
                "other_share": each.other_share,
            }
            for each in self.features
        ]  # fmt: skip

    @classmethod
    def from_json(cls, stored: list[dict[str, Any]]) -> Self:
        """Return the contract that `to_json` described."""
        return cls(
            tuple(
                ContractedFeature(
                    each["name"], each["definition"],
                    None if each["categories"] is None else tuple(each["categories"]),
                    each["other_share"],
                )
                for each in stored
            )
        )  # fmt: skip


def _learnt(name: str, definition: str, column: pa.ChunkedArray) -> ContractedFeature:
    if not pa.types.is_string(column.type):
        return ContractedFeature(name, definition)
    counts = Counter(column.drop_null().to_pylist())
    commonest = sorted(counts, key=lambda value: (-counts[value], value))
    categories = tuple(commonest[:_MOST_CATEGORIES])
    return ContractedFeature(name, definition, categories, _other_share(column, categories))


def _other_share(column: pa.ChunkedArray, categories: tuple[str, ...]) -> float:
    """Return the share of the rows whose value is none of the categories; NULL is not one."""
    return _share_of(_encoded(column, categories), len(categories))


def _share_of(codes: npt.NDArray[np.floating], code: int) -> float:
    return float(np.mean(codes == code)) if len(codes) else 0.0


def _recoded(codes: Matrix, known: ContractedFeature, wanted: ContractedFeature) -> Matrix:
    """Return one column of another contract's matrix."""
    if known.categories is None or wanted.categories is None:
        return codes
    others = len(wanted.categories)
    places = {value: place for place, value in enumerate(wanted.categories)}
    new = np.array([*(places.get(value, others) for value in known.categories), others], np.float32)
    is_known = ~np.isnan(codes)
    return np.where(is_known, new[np.where(is_known, codes, 0).astype(np.int64)], np.nan)


def _encoded(
    column: pa.ChunkedArray, categories: tuple[str, ...] | None
) -> npt.NDArray[np.float64]:
    # Arrow hands NULL of a float column to numpy as NaN, which is what trees read as not known.
    if categories is None:
        return np.asarray(column.to_numpy(), dtype=np.float64)
    places = pc.index_in(column, pa.array(categories, pa.string())).fill_null(len(categories))
    codes = pc.if_else(pc.is_valid(column), places, pa.scalar(None, pa.int32()))
    return np.asarray(codes.cast("float64").to_numpy(), dtype=np.float64)
