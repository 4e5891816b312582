"""Schemas that half the world's WSDLs import from where they are never to be had: kept here, in our own words."""
