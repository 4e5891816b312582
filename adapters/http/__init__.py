"""What adapter folders share: the one folder of them that others may import. No endpoint kind of its own."""
