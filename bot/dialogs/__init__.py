"""What is said when: routers of the conversation, the same behind every transport."""
