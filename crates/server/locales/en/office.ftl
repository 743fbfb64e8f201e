# The offices.

office-title = Office
office-health-commission = Health commission
office-appeals = Appeals office
office-community = Community
office-no-facts = No office records a fact about anybody or sets a colour: there is no such form.
office-publish = Publish a ruleset
office-risk = Risk of regions
office-issuers = Issuers, keys, entitlements
office-queue = Open appeals
office-desk = Community desk
office-mistakes = { $count ->
        [one] { $count } reason
       *[other] { $count } reasons
    } against publication
office-more = … and { $count } more
office-nothing-against = Nothing speaks against publication
office-ruleset = Ruleset
office-term = In force
office-looked-at = Checked
office-counts = { $rules ->
        [one] { $rules } rule
       *[other] { $rules } rules
    }, { $states ->
        [one] { $states } state
       *[other] { $states } states
    } with a way back to green, { $examples ->
        [one] { $examples } example
       *[other] { $examples } examples
    }
office-told-rules = Everybody reads the rules on the page of rules from now on. A published ruleset is never edited and ends by itself on its last day.
office-publish-now = Publish
office-check = Check
office-risk-now = In force today
office-risk-none = No level is set in your region.
office-risk-set = Set a level
office-level = Level
office-level-low = low risk
office-level-medium = medium risk
office-level-high = high risk
office-level-precaution = precaution zone
office-level-control = control zone
office-level-lockdown = lockdown zone
office-level-focus = focus area
office-from = From
office-until-open = To (included); empty until another act
office-until-first = Until (the first day on which it no longer counts)
office-until-last = To (included)
office-told-risk = Everybody reads the level from now on. Whoever stayed there is told only if a rule makes that count for them.
office-read-that = I have read that.
office-history = What was set before
office-elsewhere = This lies outside your region.
office-issuer = Issuer (class:name)
office-no-issuer = This is no issuer, or it is not appointed yet. Write it as class:name, such as laboratory:410100-07.
office-no-key = This is no key that is known here.
office-no-key-class = Residents and appeals are not appointed.
office-exists = It is there already, and such entries are never changed.
office-keys = Keys
office-entitlements = Entitlements
office-withdrawn = withdrawn at { $at }
office-key-until = counts until { $until }
office-withdraw = Withdraw
office-told-withdraw = From now on nothing that this key signs is accepted. What it signed before stays. The institution sees it at its desk; nobody else is told.
office-told-withdraw-entitlement = From now on nothing that the institution sends by this entitlement is accepted. What it recorded before stays. Everybody can read it; nobody is told.
office-appoint-waits = What gives an institution more than it had waits for the appeals office: it is proposed here, and counts when that office has agreed, within 72 hours. What you withdraw, and a lower limit, counts at once.
office-too-long = An entitlement lasts { $days } days at most: it is given anew then.
office-appoint = Appoint an issuer
office-organisation = Organisation
office-organisation-help = Two issuers of one organisation cannot countersign for each other.
office-add-key = Register a key
office-point = Public key
office-point-help = 33 bytes in Base64 for URLs; the institution keeps the private half.
office-entitle = Entitle an issuer
office-capacity = It may
office-capacity-submit = record
office-capacity-countersign = countersign
office-capacity-confirm = confirm evidence of
office-queue-what = The one that is due first is at the head. Opening one is a look at a person’s record: the person is told who looked.
office-queue-none = No appeal waits here.
office-due = Due
office-overdue = overdue
office-ground = Ground
office-opened = Opened
office-later = Those due later
office-appeal = Appeal
office-looked = The person was told that you looked at this.
office-disputed = Disputed fact
office-answer = Answer
office-uphold = Uphold: the person is right
office-uphold-does = The fact is taken back and no longer counts. Status by the rules: now { $now }, then { $then }.
office-told-upheld = The person is told: “Your appeal was upheld. The fact no longer counts.”
office-reject = Reject: the fact stands
office-reject-does = The fact goes on counting. Status by the rules: { $now }.
office-told-rejected = The person is told: “Your appeal was rejected. The fact counts.” With the way to go on.
office-uphold-taken-back = Uphold: taking it back was wrong
office-uphold-does-taken-back = The fact counts again, for good. Status by the rules: now { $now }, then { $then }.
office-told-upheld-taken-back = The person is told: “Your appeal was upheld.” The fact counts again.
office-reject-taken-back = Reject: taking it back stands
office-reject-does-taken-back = The fact stays taken back. Status by the rules: { $now }.
office-told-rejected-taken-back = The person is told: “Your appeal was rejected.” The fact does not count.
office-final = I know that an answer is never changed.
office-answer-now = Answer
office-status-green = green
office-status-yellow = yellow
office-status-red = red
office-status-popup = pop-up, no colour
office-status-none = no code
office-ground-not-me = not about this person
office-ground-wrong-value = what it says is wrong
office-ground-wrong-time-or-place = time or place is wrong
office-ground-no-evidence = its evidence does not exist
office-ground-taken-back = that it was taken back is wrong
office-help = Help somebody
office-help-what = The person lets you help by the code on their phone, or by the slip of somebody without one. You cannot look anybody up.
office-ask-code = Send the person a code
office-code-sent = If this person is registered and is reached by phone or e-mail, a code is on its way. Ask them to read it out.
office-code = Code (6 digits, on a slip 10)
office-help-now = Help
office-no-consent = The document and the code do not fit together, or the code is over. Ask for a new one, or use the slip.
office-register = Register somebody
office-home = Where they live
office-initials = Name or initials on the code (may be left out)
office-contact = Phone or e-mail (may be left out)
office-no-initials = These are no initials that a code can carry.
office-told-registered = The person is handed a slip with a code, and you say that you have seen their document. Whether they were registered before is not said. Of somebody who was, the slip and the contact count when another official has registered them with the document in hand too, within a week; the slip of that official is the one to keep, and whoever had the way in before loses it and is told.
office-slip = Slip
office-slip-what = Whoever holds this slip and your document may be helped for you at a community desk. Keep it as you keep your document.
office-slip-once = It is shown this once. Print it, or copy it by hand.
office-number = Register somebody without a document
office-number-what = For a grown-up who has no document of any kind. A number is drawn for them, and it is their document from now on: here, at the laboratory and for signing in. Of a child without a document the guardian registers.
office-number-printed = Printed on the slip as it was told to you, and kept nowhere.
office-told-numbered = The person is handed the slip with the number and a code. In the journal stands that you gave them a number, and the person sees it. Somebody who has a document, or has a number already, is registered by that: a second number would be a second person.
office-number-give = Give a number
office-slip-name = Name, as told
office-slip-birth = Birth date, as told
office-slip-code = Code of the slip
office-slip-number = The number is your document: say it wherever you are asked for one, and sign in with it.
office-consent-held = The person let you help for a quarter of an hour. They see it in their list.
office-see = Document seen
office-told-seen = What was recorded about somebody before they registered is told to nobody until a desk has seen their document. The person finds in their list that you have seen it.
office-see-now = I have seen the document and it is theirs
office-seen = It is noted. Everything is told to the person from now on.
office-see-first = Something was recorded before the person registered. See their document first, and note it here.
office-paper = Paper code
office-told-paper = The code shows the status of this moment and counts for 30 days. The person sees in their list that it was made.
office-paper-make = Make a paper code
office-paper-picture = The QR symbol of the paper code
office-paper-until = Counts until { $until }.
office-paper-print = Print this page. It is not kept: once closed, a new one must be made.
office-paper-text = The text of the symbol
office-bind = Bind an agent
office-agent = Who may act for the person (document)
office-tie = As
office-tie-family = family
office-tie-agent = agent
office-days = For how many days
office-no-days = Choose a tie, and 1 to 366 days.
office-told-bound = The agent may see and show the person’s code until then. The person sees who may, and ends it whenever they like.
office-bound = The agent is bound.
office-bound-already = An agent was bound by this consent. For another one, ask the person for a new code.
office-not-possible = They cannot be bound: nobody is bound to oneself.
office-alarms = Alarms
office-alarms-what = What institutions of your region do in bulk, in numbers. Nobody’s name or record is here; everybody reads the same alarms in the public journal.
office-alarms-held = Waiting for a second office
office-alarms-none = None.
office-alarms-others = Alarms that stop nothing
office-alarms-others-what = They are to be read and asked about; a batch that was let through stands among them.
office-alarm = Alarm { $alarm }
office-alarm-number = Number
office-alarm-why = What is strange
office-alarm-rows = Rows
office-alarm-limit = Limit of an hour
office-alarm-usual = Usual
office-alarm-at = When
office-alarm-let-through = let through
office-alarm-holds-nothing = Alarm { $alarm } holds nothing in your region.
office-not-above = This is for the office of { $region }, or of a region around it: no office agrees beside the one that proposed, or judges an institution that its own region let in.
office-issuer-name = Institution
office-told-allow = I asked the institution why there are so many. When it sends the same again it is recorded, and each person is told as of any fact. That this office let it through is public.
office-allow = Let alarm { $alarm } through
office-limits = Limits
office-limit-is = { $kind }: { $limit ->
        [one] { $limit } row
       *[other] { $limit } rows
    } an hour
office-set-limit = Set a limit
office-limit-rows = Rows within an hour
office-limit-help = What is above it waits for a second office. 0 lets everything of the kind wait. Everybody reads the limit.
office-no-number = Write the limit as a whole number, such as 500.
office-list-ends = The trust list ends in { $days ->
        [one] { $days } day
       *[other] { $days } days
    }. After that checkpoints believe no code.
office-list-ended = The trust list has ended: checkpoints believe no code.
office-list-how = Have it renewed: the operator writes what is to be signed (mingma trust propose), the authority signs it on its machine apart (mingma authority sign), and it is brought in. The manual says how, under “The trust list”.
