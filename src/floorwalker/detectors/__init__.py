"""One file = one question. See CONTRIBUTING for how to add one."""
