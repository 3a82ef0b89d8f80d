"""Each property of alarms and check-ins (1 to 26), broken in one place."""

from __future__ import annotations

from tests.faults.mutating import Mutation

ALARMS_AUDITOR = "tests/alarms/test_auditor.py"
ALARMS_DESK = "tests/alarms/test_desk.py"
ALARMS_KILLS = "tests/alarms/test_kills.py"
ALARMS_REACHED = "tests/alarms/test_reached.py"
ALARMS_RUNNER = "tests/alarms/test_runner.py"
ALARMS_SENDER = "tests/alarms/test_sender.py"
CHECKINS_CHECK_INS = "tests/checkins/test_check_ins.py"
CHECKINS_SEALED = "tests/checkins/test_sealed.py"
FAULTS_ALARMS = "tests/faults/test_alarms.py"
FAULTS_PROMISES = "tests/faults/test_promises.py"
JOURNEYS_CHECK_IN = "tests/journeys/test_check_in.py"
REPORTS_PUBLISHING = "tests/reports/test_publishing.py"

ALARMS = (
    Mutation(
        breaks="1 all of a start is on the disk, or nothing",
        file="services/checkins/actions.py",
        old="    with transaction.atomic():\n        now_ms = DjangoStore().now_ms()\n        _refuse_floods",
        new="    if True:\n        now_ms = DjangoStore().now_ms()\n        _refuse_floods",
        noticed_by=f"{FAULTS_PROMISES}::test_killed_at_any_place_what_was_promised_is_on_the_disk",
    ),
    Mutation(
        breaks="1 covered is read from the tables",
        file="services/checkins/queries.py",
        old="alarm_ms=alarm.due_ms if alarm else 0,",
        new="alarm_ms=check_in.due_ms,",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_covered_is_said_from_what_is_on_the_disk",
    ),
    Mutation(
        breaks="2 a killed sender's messages are sent again",
        file="messaging/alerting/sender.py",
        old="[self._lease_ms, *ids]",
        new="[10**12, *ids]",
        noticed_by=f"{ALARMS_KILLS}::test_what_a_killed_sender_held_is_sent_again",
    ),
    Mutation(
        breaks="2 what dies is started again",
        file="alarms/engine.py",
        old="        waiting += _ended(children)",
        new="        _ended(children)",
        noticed_by=f"{FAULTS_ALARMS}::test_whatever_dies_nobody_is_forgotten",
    ),
    Mutation(
        breaks="3 state, incident and messages are one transaction",
        file="alarms/runner.py",
        old="    with store.transaction():\n        taken, now_ms",
        new="    if True:\n        taken, now_ms",
        noticed_by=f"{ALARMS_RUNNER}::test_nothing_is_advanced_without_its_messages",
    ),
    Mutation(
        breaks="4 no two tellings share an id",
        file="alarms/runner.py",
        old='f"{due.step}:{target_id.hex}"',
        new='f"{target_id.hex}"',
        noticed_by=f"{ALARMS_RUNNER}::test_every_stage_comes_and_the_last_again_and_again",
    ),
    Mutation(
        breaks="5 nothing is raised before its time",
        file="alarms/runner.py",
        old="WHERE next_ms <= %s ORDER BY",
        new="WHERE next_ms <= %s + 1000 ORDER BY",
        noticed_by=f"{ALARMS_RUNNER}::test_one_that_is_due_does_not_bring_the_next_along",
    ),
    Mutation(
        breaks="6 one that hangs holds up nobody else",
        file="messaging/alerting/sender.py",
        old='        if name not in self._lanes:\n            carry = self._channels[name.partition(":")[0]]',
        new='        carry = self._channels[name.partition(":")[0]]\n        name = "all"\n'
        "        if name not in self._lanes:",
        noticed_by=f"{ALARMS_SENDER}::test_one_hangs_one_refuses_one_is_slow_and_the_others_notice_nothing",
    ),
    Mutation(
        breaks="6 what is urgent overtakes",
        file="messaging/alerting/sender.py",
        old="ORDER BY urgency, next_ms LIMIT",
        new="ORDER BY urgency DESC, next_ms LIMIT",
        noticed_by=f"{ALARMS_SENDER}::test_what_is_urgent_overtakes",
    ),
    Mutation(
        breaks="7 found late, no stage is skipped",
        file="alarms/stages.py",
        old="return due_ms + stages[step + 1].after_seconds * 1000",
        new="return now_ms + stages[step + 1].after_seconds * 1000",
        noticed_by=f"{ALARMS_RUNNER}::test_found_late_it_says_how_late_and_skips_no_stage",
    ),
    Mutation(
        breaks="7 the longest wait comes first",
        file="alarms/runner.py",
        old="ORDER BY next_ms LIMIT %s{store.alone_sql}",
        new="ORDER BY next_ms DESC LIMIT %s{store.alone_sql}",
        noticed_by=f"{ALARMS_RUNNER}::test_an_outage_is_worked_through_from_the_longest_wait_on",
    ),
    Mutation(
        breaks="7 found late is said",
        file="alarms/runner.py",
        old="    if due.is_found_late(now_ms):",
        new="    if False:",
        noticed_by=f"{ALARMS_RUNNER}::test_found_late_it_says_how_late_and_skips_no_stage",
    ),
    Mutation(
        breaks="7 those found late stand together",
        file="desk/responding/incidents.py",
        old='if row["incident"].found_late), key',
        new="if False), key",
        noticed_by=f"{ALARMS_DESK}::test_after_an_outage_those_found_late_stand_together",
    ),
    Mutation(
        breaks="8 the database's clock decides",
        file="jobs/store.py",
        old='return int(self.rows(f"SELECT {self.now_sql}")[0][0])',
        new="return int(time.time() * 1000)",
        noticed_by=f"{ALARMS_RUNNER}::test_before_the_deadline_nothing_happens_and_at_it_everything",
    ),
    Mutation(
        breaks="9 a late OK is written down",
        file="alarms/actions.py",
        old="update(late_ok_ms=now_ms)",
        new="update(late_ok_ms=None)",
        noticed_by=f"{ALARMS_RUNNER}::test_a_late_ok_stops_what_follows_and_erases_nothing",
    ),
    Mutation(
        breaks="10 the next stage comes whatever became of the last",
        file="alarms/runner.py",
        old="state = 'raised', step = %s, next_ms = %s WHERE",
        new="state = 'raised', step = %s, next_ms = %s + 10000000 WHERE",
        noticed_by=f"{ALARMS_RUNNER}::test_before_the_deadline_nothing_happens_and_at_it_everything",
    ),
    Mutation(
        breaks="11 accepted is not an answer",
        file="messaging/alerting/sender.py",
        old="        for receipt, ids in groups.items():\n",
        new="        for receipt, ids in groups.items():\n"
        "            store.change(\"UPDATE alarms_alarm SET state = 'closed', next_ms = NULL\")\n",
        noticed_by=f"{ALARMS_SENDER}::test_accepted_is_not_an_answer",
    ),
    Mutation(
        breaks="12 no cover without proof",
        file="alarms/queries.py",
        old="if duty.proven_ms and duty.proven_ms > now_ms - PROOF_MS",
        new="if duty",
        noticed_by=f"{ALARMS_DESK}::test_cover_is_what_was_shown_to_work",
    ),
    Mutation(
        breaks="12 no cover by a dead address",
        file="alarms/queries.py",
        old="failed_ms=None, proven_ms__gt",
        new="proven_ms__gt",
        noticed_by=f"{ALARMS_DESK}::test_cover_is_what_was_shown_to_work",
    ),
    Mutation(
        breaks="12 an address that is gone counts as dead",
        file="messaging/alerting/sender.py",
        old="if taken.target_id and result.is_final",
        new="if False and result.is_final",
        noticed_by=f"{ALARMS_SENDER}::test_an_address_that_is_gone_is_said_to_be_dead",
    ),
    Mutation(
        breaks="13 two ways or a screen",
        file="alarms/queries.py",
        old="if len(ways) < 2 and",
        new="if len(ways) < 1 and",
        noticed_by=f"{ALARMS_DESK}::test_cover_is_what_was_shown_to_work",
    ),
    Mutation(
        breaks="12 a way that nobody has answered for a month is no cover",
        file="alarms/queries.py",
        old=", proven_ms__gt=since_ms",
        new="",
        noticed_by=f"{ALARMS_DESK}::test_cover_is_what_was_shown_to_work",
    ),
    Mutation(
        breaks="12 stopped is stopped",
        file="messaging/alerting/addresses.py",
        old=" AND failure <> 'STOP' ",
        new=" ",
        noticed_by=f"{ALARMS_REACHED}::test_stop_ends_texts_and_cover",
    ),
    Mutation(
        breaks="12 what was not delivered is no way",
        file="messaging/alerting/receipts.py",
        old="failed_ms=DjangoStore().now_ms(), failure=NOT_DELIVERED",
        new='failure="-"',
        noticed_by=f"{ALARMS_REACHED}::test_what_was_not_delivered_is_no_way_until_somebody_answers",
    ),
    Mutation(
        breaks="14 a silent owner loses the incident",
        file="alarms/incidents.py",
        old="next_ms=now_ms + OWNER_SECONDS * 1000",
        new="next_ms=now_ms + 10**12",
        noticed_by=f"{ALARMS_DESK}::test_an_owner_who_falls_silent_loses_it_and_all_are_told",
    ),
    Mutation(
        breaks="14 a shift can't end over an open incident",
        file="alarms/duties.py",
        old="owner_id=by_id, closed_ms=None).exists():",
        new="owner_id=-1, closed_ms=None).exists():",
        noticed_by=f"{ALARMS_DESK}::test_a_shift_ends_only_when_somebody_else_has_it",
    ),
    Mutation(
        breaks="15 a part that is silent is noticed",
        file="alarms/beats.py",
        old="return [part for part in PARTS if part not in living]",
        new="return []",
        noticed_by=f"{ALARMS_AUDITOR}::test_a_part_that_stopped_is_found_and_the_staff_are_told",
    ),
    Mutation(
        breaks="15 the heartbeat stops when something is wrong",
        file="alarms/auditor.py",
        old="if not any(each.affects_cover for each in broken):",
        new="if True:",
        noticed_by=f"{ALARMS_AUDITOR}::test_the_heartbeat_stops_when_something_is_wrong",
    ),
    Mutation(
        breaks="16 nobody is told whom the person did not name",
        file="services/checkins/rules/keeping.py",
        old='        if known or not plan.get("friend"):',
        new='        plan["friend"] = plan.get("friend") or "911"\n        if known:',
        noticed_by=f"{CHECKINS_CHECK_INS}::test_an_ambulance_is_for_a_person_to_call",
    ),
    Mutation(
        breaks="16 the words to say are there",
        file="services/checkins/templates/checkins/plan.html",
        old="{% if plan.entry %}",
        new="{% if False %}",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_an_ambulance_is_for_a_person_to_call",
    ),
    Mutation(
        breaks="17 a plan is sealed",
        file="services/checkins/actions.py",
        old="sealed, boxes = seal(text,",
        new="boxes = {}\n    sealed, _boxes = text.encode(), seal(text,",
        noticed_by=f"{CHECKINS_SEALED}::test_a_plan_is_nowhere_to_be_read",
    ),
    Mutation(
        breaks="17 the pages' role can't read what is sealed (PostgreSQL)",
        file="config/roles.py",
        old="GRANT INSERT, DELETE, REFERENCES, SELECT (check_in_id, program_id)",
        new="GRANT ALL",
        noticed_by="tests/checkins/test_roles.py::test_the_pages_role_seals_and_destroys_and_can_not_read",
        database="postgres",
    ),
    Mutation(
        breaks="17 every reading is a row",
        file="services/checkins/actions.py",
        old="        if text:\n            PlanEvent",
        new="        if not text:\n            PlanEvent",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_no_answer_and_the_plan_opens_after_the_refusal_window",
    ),
    Mutation(
        breaks="18 no is no",
        file="services/checkins/actions.py",
        old="rows.update(declined_ms=now_ms, release_ms=None)",
        new="rows.update(declined_ms=None)",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_no_is_no",
    ),
    Mutation(
        breaks="19 an OK destroys the keys",
        file="services/checkins/rules/keeping.py",
        old="                file.unlink()",
        new="                file.exists()",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_answering_in_time_ends_it_and_destroys_the_plan",
    ),
    Mutation(
        breaks="20 looking sets no cookie",
        file="services/checkins/pages/door.py",
        old="def _private(response: HttpResponse) -> HttpResponse:",
        new='def _private(response: HttpResponse) -> HttpResponse:\n    response.set_cookie("seen", "1")',
        noticed_by=f"{CHECKINS_CHECK_INS}::test_covered_is_said_from_what_is_on_the_disk",
    ),
    Mutation(
        breaks="21 small numbers are hidden",
        file="reports/funders/publishing.py",
        old="wanted = small(everything, most=MOST_HIDDEN, among=own.values) | hidden_before",
        new="wanted = hidden_before",
        noticed_by=f"{REPORTS_PUBLISHING}::test_small_numbers_and_what_gives_them_away_are_hidden",
    ),
    Mutation(
        breaks="22 a page that is open is no answer",
        file="services/checkins/pages/door.py",
        old="    return _private(JsonResponse(_as_data(standing_of(check_in))))",
        new="    say_ok(check_in)\n    return _private(JsonResponse(_as_data(standing_of(check_in))))",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_a_page_that_is_open_is_no_answer",
    ),
    Mutation(
        breaks="23 counting alone is called that",
        file="services/checkins/static/checkins/check_in.js",
        old="says.textContent = plan.dataset.alone;",
        new='says.textContent = "";',
        noticed_by=f"{JOURNEYS_CHECK_IN}::test_without_the_service_the_page_says_that_nobody_will_be_told",
    ),
    Mutation(
        breaks="24 only the secret opens a check-in",
        file="services/checkins/queries.py",
        old="program_id=program_id, word_digest=word_digest(word, program_id=program_id)",
        new="program_id=program_id",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_another_word_opens_nothing",
    ),
    Mutation(
        breaks="24 only the program makes passes",
        file="services/checkins/pages/passes.py",
        old="return _SIGNER.unsign(shown)",
        new='return shown.partition(":")[0]',
        noticed_by=f"{CHECKINS_CHECK_INS}::test_another_word_opens_nothing",
    ),
    Mutation(
        breaks="24 wrong words are counted",
        file="services/checkins/pages/passes.py",
        old="< MOST_WRONG_A_MINUTE",
        new="< 10**9",
        noticed_by=f"{CHECKINS_CHECK_INS}::test_a_million_guesses_find_nothing",
    ),
    Mutation(
        breaks="24 a cookie alone presses nothing",
        file="services/checkins/pages/door.py",
        old='word_of(request.POST.get("pass", "")) if posted else',
        new='word_of(request.POST.get("pass", "")) if "pass" in request.POST else',
        noticed_by=f"{CHECKINS_CHECK_INS}::test_the_cookie_alone_presses_nothing",
    ),
    Mutation(
        breaks="24 no address holds the secret",
        file="services/checkins/pages/door.py",
        old='"here": reverse("check_in:running", args=[slug]),',
        new='"here": reverse("check_in:running", args=[slug]) + f"?word={word}",',
        noticed_by=f"{CHECKINS_SEALED}::test_no_address_holds_what_opens_a_check_in",
    ),
    Mutation(
        breaks="24 only the right link answers",
        file="desk/responding/told.py",
        old="if not hmac.compare_digest(",
        new="if False and hmac.compare_digest(",
        noticed_by=f"{ALARMS_DESK}::test_the_link_of_another_message_opens_nothing",
    ),
    Mutation(
        breaks="25 a pocket does not say OK",
        file="services/checkins/static/checkins/check_in.js",
        old="if (event.pointerType && !form.dataset.isHeld) {",
        new="if (false) {",
        noticed_by=f"{JOURNEYS_CHECK_IN}::test_somebody_uses_alone",
    ),
    Mutation(
        breaks="26 false alarms are counted",
        file="alarms/figures.py",
        old="false_alarms=outcomes.count(Incident.Outcome.OK)",
        new="false_alarms=outcomes.count(Incident.Outcome.OTHER)",
        noticed_by=f"{ALARMS_DESK}::test_false_alarms_are_counted_and_cost_nobody_their_cover",
    ),
)
