"""Events on their way in: every shape they are sent in, into one intake."""
