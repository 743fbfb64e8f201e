journal-title = The public journal
journal-what = For everybody to read: the rules and risk levels and their history, how much institutions record, how disputes end, what second offices approve, and alarms. There are numbers here, and nobody.
journal-rules = Rules
journal-in-force = In force
journal-risk = Risk levels
journal-risk-none = No level was ever set.
journal-place = Region
journal-level = Level
journal-from = From
journal-until = Last day
journal-alarms = Alarms
journal-alarms-what = Since the beginning. An alarm stops nothing by itself; only what is above a limit waits for a second office.
journal-above-limit = Above the institution’s limit of an hour
journal-unlike-itself = Unlike the institution’s own history
journal-nothing-in-common = Persons who share no place, contact or flight
journal-within-hour = within an hour
journal-within-day = within a day
journal-within-week = within a week
journal-countersigned = countersigned
journal-retracted = taken back
journal-denied = said not to be so
journal-act = Act
journal-why = What is strange
journal-issuer = Institution
journal-kind = Kind
journal-rows = Rows
journal-usual = Usual
journal-at = When
journal-let-through = let through by a second office
journal-second = Second offices
journal-proposals = Proposals that a second office approved
journal-batches = Batches above a limit that a second office let through
journal-emergencies = Published in an emergency, without a second office
journal-counts = What institutions recorded
journal-days = Counted over the last { $days } whole days: { $since } to { $until }.
journal-small-what = Numbers below { $number } are withheld and others rounded down to a multiple of it, so that nobody is recognised by them, or by their differences.
journal-small = fewer than { $number }
journal-few = too few to tell
journal-hours = { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    }
journal-counts-none = Nothing was recorded on these days.
journal-refused = What was refused
journal-refused-none = No row was refused on these days.
journal-refused-on-principle = What no kind of fact takes: coordinates, payments, credit, employment, faces
journal-refused-not-entitled = The institution was not entitled
journal-refused-no-evidence = Without evidence
journal-refused-document = Not a document
journal-refused-unreadable = Not readable ({ $cause })
journal-appeals = Disputes that were due
journal-appeals-due = All
journal-appeals-upheld = The person was right; the fact was taken back
journal-appeals-rejected = The fact stands
journal-appeals-unanswered = The office did not answer in time
journal-appeals-median = Median time to an answer
journal-log = The head of the log
journal-log-what = The log of this quarter has { $size ->
        [one] { $size } entry
       *[other] { $size } entries
    }. This is the root over them, as it is signed; anybody can check it.
journal-log-checkpoint = The signed checkpoint
journal-log-policy = The keys that sign it
journal-log-none = No log is published here.
