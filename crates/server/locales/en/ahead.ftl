# What a draft would do, the brake, and the second office.

ahead-title = What this would do
ahead-blind = What this would do cannot be seen now. Without that nobody publishes alone: try again in a minute.
ahead-on = On { $day }
ahead-on-effect = On { $day }, when it takes effect
ahead-at-once = As if it took effect today, { $day }
ahead-two-days = It takes effect later. Whoever would be worse off from either of these days on counts, once.
ahead-nobody = Nobody would be worse or better off, of { $persons ->
        [one] { $persons } person
       *[other] { $persons } persons
    }.
ahead-sum = Of { $persons ->
        [one] { $persons } person
       *[other] { $persons } persons
    }, { $worse } would be worse off: { $stricter } by a stricter status, { $longer } because theirs lasts longer, { $later } only in the days to come. { $better } would be better off.
ahead-shifts = From what to what
ahead-from = Now
ahead-to = Then
ahead-persons = Persons
ahead-coming = Who would be worse off only in the days to come
ahead-coming-what = By what is recorded now. Each stands on the first day on which the status would be stricter than by the rules in force on that day.
ahead-coming-day = From
ahead-coming-by-rules = By the rules in force
ahead-coming-by-this = By this
ahead-coming-reasons = By which reasons, on that first day
ahead-coming-gain = By this alone
ahead-coming-lose = By the rules in force alone
ahead-stricter-still = Of the worse off, whose status would become stricter still in the days to come
ahead-stricter-still-what = By what is recorded now. They are counted above already. Each stands on every day on which the status would be stricter than by the rules in force on that day, and than on all earlier days on which they were worse off.
ahead-where = Where they live
ahead-live = Live there
ahead-worse = Worse off
ahead-longer = Of them, held longer
ahead-later = Of them, only later
ahead-alone = Alone before
ahead-after = “Alone before” are those whom offices made worse off alone since a second office last agreed, in at most { $days } days. They count along.
ahead-share = Share
ahead-over = above the limit
ahead-better = Better off
ahead-reasons = By which reasons
ahead-reason = Reason
ahead-reason-of = { $text } ({ $title }, { $id })
ahead-gain = Would have it
ahead-lose = Would not have it any more
ahead-longest = What would hold longest
ahead-longest-what = The longest of those who would be worse off at once, up to the first day with a milder status, if nothing new is recorded. Nobody is named.
ahead-never = never ends by waiting
ahead-never-instead = never ends by waiting, instead of on { $instead }
ahead-until = until { $day }
ahead-until-instead = until { $day } instead of { $instead }
ahead-no-rules = no rules
ahead-held = In some region more than { $share } of the persons would be worse off, together with what was published alone before: a second office has to agree.
ahead-under-way = Something else is being published in this moment. Send it again.
ahead-free = No region would be hit above { $share }, with what was published alone before: this needs no second office.
ahead-propose = Propose it to a second office
ahead-propose-does = The other office sees these numbers. Nothing is in force before it has agreed, within 72 hours.
ahead-emergency = It cannot wait
ahead-emergency-does = You may publish alone what ends within seven days. The journal calls it an emergency, with your office, the reason and these numbers, and everybody can read that. Propose the rest meanwhile.
ahead-ground = Why it cannot wait
ahead-ground-which = Say why it cannot wait.
ahead-ground-outbreak = cases outrun the tracing
ahead-ground-harmful-rule = a rule in force does harm
ahead-ground-no-second-office = no second office can be reached
ahead-emergency-now = Publish as an emergency
ahead-no-need = No region would be hit above the limit: it can be published without a second office.
ahead-other-numbers = These are not the numbers of the proposal. Look at it again.
ahead-outgrown = By now { $worse } persons of { $region } would be worse off; it was { $seen } when this was proposed. More than both offices saw: propose it anew.
ahead-same-office = An appeals office has to agree: neither a commission nor whoever proposed it.
ahead-stale = The proposal is older than { $hours } hours: it is to be proposed anew.
ahead-too-long = What an office publishes in emergencies ends within { $days } days of the first of them, until an appeals office agrees to something: give it an end.
ahead-proposals = What waits for a second office
ahead-proposals-what = Each would make more of a region’s persons worse off than one office may decide alone, or give an institution more than it had.
ahead-proposals-none = Nothing waits.
ahead-proposal = Proposal
ahead-what = What
ahead-by = Proposed by
ahead-of-rules = ruleset { $id }
ahead-of-risk = { $level } from { $from }
ahead-of-risk-until = { $level } from { $from } until { $until }
ahead-same-numbers = These are the numbers that the first office saw. They go into the journal with your approval.
ahead-approve-does = With your approval it is published at once, and everybody whom it changes is told. Above { $share } of a region it needs you.
ahead-appoint-does = With your approval it counts at once, and both offices stand in the public journal under it. Nobody’s status changes by it; but whoever holds the key of an institution can report people.
ahead-appoint-known = I have made sure that this institution exists and that it is what it is said to be.
ahead-read-numbers = I have read these numbers.
ahead-approve = Approve and publish
ahead-look = See what it would do
