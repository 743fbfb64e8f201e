# Short messages and letters. They are read over shoulders: no colour, no fact, no name.
notice-subject = Mingma: a message for you
notice-read-it = { $said } Read it after signing in at { $origin }
notice-fact-recorded = [Mingma] Something was recorded about you.
notice-fact-pending = [Mingma] Something about you awaits a second organisation.
notice-fact-retracted = [Mingma] Something recorded about you was taken back.
notice-fact-confirmed = [Mingma] What you disputed was confirmed by whoever recorded it.
notice-appeal-answered = [Mingma] Your report of an error was answered.
notice-disclosed = [Mingma] An office looked at your status, or was refused when it tried.
notice-sign-in-code = [Mingma] { $code } is your code for signing in, for 5 minutes. Tell it to nobody, whoever asks.
notice-assistance-code = [Mingma] { $code }: read this out only to the community worker in front of you, who can then see your status for 15 minutes.
notice-contact-code = [Mingma] { $code } proves that you are reached here, for 5 minutes. Tell it to nobody. If you did not ask for it, do nothing.
notice-signed-in = [Mingma] You signed in on another device. If it was not you, sign out everywhere.
notice-contact-changed = [Mingma] Your messages go elsewhere from now on. If it was not you, go to your community.
notice-amended = [Mingma] Your home or your name on the code was corrected at a desk. If it was not you, go to your community.
notice-status-changed = [Mingma] Your status is another now.
notice-about-ward = [Mingma] There is news of somebody for whom you act.
