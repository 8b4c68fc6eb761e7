"""The pages of the window. Each has one purpose, one title and one primary action."""
