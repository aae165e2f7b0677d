"""Whether, when and with which survey to ask: triggers, the contact policy and its lottery."""
