"""The pain-point list to take away: for spreadsheets, programs, people and the trackers of product teams."""
