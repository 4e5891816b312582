"""Reports at doors, whatever these speak: ``judging`` (by the regime), ``intake`` (judged, then accepted), ``finding`` (those that came)."""
