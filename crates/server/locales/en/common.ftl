# What stands on more than one page.
app-name = Mingma
app-claim = A health code in the clear: computed from facts by published rules. Nobody can set a colour.
skip-to-content = Skip to the content
language = Language
nav-main = Main places
nav-home = Home
nav-rules = The rules in force
demo-banner = This is a demonstration: a fictional city with fictional people.
home-resident = For residents
home-checkpoint = For checkpoints
home-desk = For those who submit facts
home-public = For everybody
rules-title = The rules, as published
rules-none = No rules have been published yet.
rules-number = No. { $number } in the journal
rules-in-force = In force from { $from } until { $until }
rules-why = Why
rules-clears = What clears it
rules-article = Article
color-green = green
color-yellow = yellow
color-red = red
color-popup = pop-up
color-none = no code
nav-public = For everybody
nav-code = My code
nav-declare = Declare
nav-notices = Notices
nav-family = Family
nav-register = Register
nav-sign-in = Sign in
nav-sign-out = Sign out
type-large = Large type
type-usual = Usual type
home-code = Colour, reasons, the way to green, and your QR code
home-register = For yourself, a child or an elderly parent
home-declare = Your health today, or a trip
home-facts = Every fact, from whom, for how long, and who looked
home-rules = Which facts make which colour, word for word
mistakes-title = Something is missing or wrong
mistakes-mark = (Please check)
ward-mark = You are acting for somebody else:
ward-own = Back to my own
days = { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
