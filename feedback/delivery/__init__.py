"""Invitations on their way out, and what comes back of them."""
