"""One module per version. What has been released is never changed; a new version is added."""
