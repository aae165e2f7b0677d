"""The people who are asked: who they are, and who never is."""
