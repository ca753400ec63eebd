"""Who gets money back for goods that came, alone or through somebody who sells refunds."""
