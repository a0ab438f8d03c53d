"""One file per kind of shop, behind one port."""
