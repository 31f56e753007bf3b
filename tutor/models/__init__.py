"""Models to choose from: the catalogue, and how one is pulled, proven, set and measured."""
