"""The learning loop (持续学习): answered cases teach the next model; who lets it in, and what it keeps its word on."""
