# What a page says when something cannot be done.
problem-not-found = There is no such page here.
