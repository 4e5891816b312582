"""Reports at doors, whatever these speak: ``judging`` (by the regime), ``sdmx`` (of a file of SDMX), ``intake`` (judged, then accepted), ``finding`` (those that came)."""
