"""The pages of releases, and the one where a release is fetched."""
