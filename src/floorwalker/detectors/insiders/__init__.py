"""Staff who act without a reason that any table tells of."""
