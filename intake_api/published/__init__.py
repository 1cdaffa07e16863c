"""What is already public: searched before anybody applies (条例 art. 36(1))."""
