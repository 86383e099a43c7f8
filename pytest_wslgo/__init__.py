"""Go tests as real pytest items, on a machine whose differences you are told about."""
