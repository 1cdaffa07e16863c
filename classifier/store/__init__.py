"""Models on disk, and the card and register sheet that go with each."""
