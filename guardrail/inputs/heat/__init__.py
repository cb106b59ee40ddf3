"""Templates of OpenStack Heat: HOT and CFN-in-Heat, with their environments."""
