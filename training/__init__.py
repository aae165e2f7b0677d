"""Trains the model of English that ships, from comments written for Kept."""
