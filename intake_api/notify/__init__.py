"""What applicants are told outside chats: the addresses they confirmed, and the messages that go there."""
