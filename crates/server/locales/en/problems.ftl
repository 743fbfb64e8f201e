# What a page says when something cannot be done.
problem-title = This cannot be done
problem-not-found = There is no such page here.
problem-sign-in = Please sign in first.
problem-not-registered = You are not registered yet. Register first; it is voluntary.
problem-kept-back = Something was recorded about you before you registered. So that no stranger reads it, it is told when a community's desk has seen your document: go there with the document and this phone. Until then there is no code.
problem-no-rules = No rules are in force where you live, so there is no colour. Nobody may ask you for one.
problem-no-color = There is no colour to show now. Your code page says what is to be done.
problem-key-reused = This form was sent before with other content. Please open the form again.
problem-cross-site = This request came from another site, so it was not carried out.
problem-unreadable = What was sent cannot be read. Please go back and try again.
problem-too-large = What was sent is larger than 2 MiB and was not read. Send it in parts.
problem-busy = The centre is busy. Nothing of this was lost; please send it again in a moment.
problem-not-yours = This belongs to somebody who has not let you act for them, or no longer.
problem-broken = Something broke off on our side. Nothing is kept by half; please send it again.
problem-too-often = Too many tries in a short time. Please wait { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}.
problem-refused = This was not accepted as it was sent, and nothing was changed. Please go back, look at the page again and correct it.
