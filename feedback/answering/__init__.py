"""Where surveys are answered: pages, links, clicks in mails, the widget."""
