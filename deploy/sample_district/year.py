#!/usr/bin/env python3
"""Invents a school year of the sample district's records beside its answers: plans, needs, groups, meetings, coaching,
visits, agreements, obstacles, money, evidence.

Nothing this script writes was ever observed, and nothing may be concluded from it about the schools; every text of a
record that has room for it says so. The same seed gives the same files.

    year.py FOLDER     shared.json, the district's; and per school FOLDER/<CDS>.json, its own; each is what
                       `trellis import records FILE` takes
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True

from invent import DISTRICT, OFFICE, SCHOOLS, chance, joined, read_staff  # noqa: E402

INVENTED = "Invented for the demonstration."
YEAR = "2025-26"
CYCLE = "TRUST-CYCLE-26"
OFFICE_LEAD = "S301"
MONTHS = ["2025-09", "2025-10", "2025-11", "2026-01", "2026-02", "2026-03", "2026-04"]


def day(source, month):
    return f"{month}-{1 + int(source.random() * 27):02}"


def moment(date, hour):
    return f"{date}T{hour:02}:00:00Z"


def pick(source, values):
    return values[int(source.random() * len(values))]


def some(source, values, count):
    left = list(values)
    source.shuffle(left)
    return left[:count]


# ---- the district's own ----


def plan_and_needs():
    plan = dict(code="PLAN-26", title="Professional learning 2025-26", organization=DISTRICT, schoolYear=YEAR,
                vision="Every adult learns with others, in time that is kept for it. " + INVENTED, owner=OFFICE_LEAD,
                workingGroup="GROUP-PLAN", goals=["GOAL-TRUST", "GOAL-OPEN-DOORS"], needs=["NEED-TRUST", "NEED-MATH"],
                state="PLAN_STATE_APPROVED", approvedBy=OFFICE_LEAD, approvedDate="2025-08-04",
                beginDate="2025-08-11", endDate="2026-06-05", departments=[OFFICE])
    strategies = [dict(code=f"STRATEGY-{code}", title=title, plan="PLAN-26", practice=f"LEARNING_PRACTICE_{practice}",
                       domain="IMPROVEMENT_DOMAIN_INSTRUCTION", owner=OFFICE_LEAD, goals=[goal],
                       theoriesOfAction=["TOA-CIRCLES"], state="PLAN_STATE_ACTIVE", description=INVENTED, sortOrder=n)
                  for n, (code, title, practice, goal) in enumerate([
                      ("CIRCLES", "Circles of mixed roles", "COLLABORATION", "GOAL-TRUST"),
                      ("DOORS", "Open classrooms", "OPEN_CLASSROOM", "GOAL-OPEN-DOORS"),
                      ("COACHING", "Coaching for every role", "COACHING_AND_MENTORING", "GOAL-TRUST")], 1)]
    needs = [dict(code=f"NEED-{code}", title=title, level=f"NEED_LEVEL_{level}", organization=DISTRICT,
                  construct=construct, importance=importance, severity=severity, evidence=INVENTED,
                  identifiedDate="2025-09-24", state="NEED_STATE_BEING_MET", schoolYear=YEAR, **more)
             for code, title, level, construct, importance, severity, more in [
                 ("TRUST", "Staff hold back in meetings", "STAFF", "TRUST", 9, 7, dict(staffGroup="all")),
                 ("MATH", "English learners fall behind in mathematics", "STUDENT", "EFFICACY", 8, 8,
                  dict(studentGroup="english-learner")),
                 ("TIME", "There is no common time across roles", "SYSTEM", "COMMUNITY", 7, 6, {}),
                 ("AIDES", "Aides are left out of learning", "STAFF", "COMMUNITY", 6, 5,
                  dict(staffGroup="paraeducator"))]]
    return {"ProfessionalLearningPlan": [plan], "Strategy": strategies, "Need": needs}


def catalog():
    """Activities beyond those in records/, so that all three approaches have several."""
    rows = [("SCIENCE-KITS", "Science kits", "PROVIDER_PROGRAM", "workshop", "VOLUNTARY", 6, "PARTICIPANT"),
            ("READING-COURSE", "Teaching early reading", "PROVIDER_PROGRAM", "course", "VOLUNTARY", 20, "DISTRICT"),
            ("NEW-STAFF", "First weeks", "PROVIDER_PROGRAM", "onboarding", "MANDATORY", 6, "DISTRICT"),
            ("UNITS-6-8", "Units of study, grades 6 to 8", "COLLABORATIVE", "units-of-study", "VOLUNTARY", 18, "TEAM"),
            ("COMMON-ASSESS", "Common assessments redone", "COLLABORATIVE", "common-assessments", "VOLUNTARY", 12,
             "TEAM"),
            ("LESSON-STUDY", "Lesson study in mathematics", "COLLABORATIVE", "lesson-study", "VOLUNTARY", 15, "TEAM"),
            ("AIDE-COACHING", "Coaching for aides", "COLLABORATIVE", "coaching", "VOLUNTARY", 10, "PARTICIPANT"),
            ("SHARE-FAIR", "Teams show teams", "COLLABORATIVE", "share-fair", "VOLUNTARY", 3, "SCHOOL"),
            ("BOOK-STUDY", "Book study", "SELF_ORGANIZED", "book-study", "VOLUNTARY", 8, "PARTICIPANT"),
            ("COURSE-REDESIGN", "One course made anew", "SELF_ORGANIZED", "course-redesign", "VOLUNTARY", 12,
             "PARTICIPANT"),
            ("FAMILY-WALKS", "Walks with families", "SELF_ORGANIZED", "community-relations", "VOLUNTARY", 6,
             "PARTICIPANT")]
    activities = [dict(code=code, title=title, approach=f"ACTIVITY_APPROACH_{approach}", type=kind,
                       requirement=f"ACTIVITY_REQUIREMENT_{requirement}", sponsor=OFFICE, hours=hours,
                       beginDate="2025-09-15", endDate="2026-05-15", state="ACTIVITY_STATE_OPEN", schoolYear=YEAR,
                       focusChosenBy=f"FOCUS_CHOOSER_{chooser}", goals=["GOAL-TRUST"], needs=["NEED-TIME"],
                       rationale=INVENTED, choicesOffered=3, plan="PLAN-26", provider="COUNTY-OFFICE")
                  for code, title, approach, kind, requirement, hours, chooser in rows]
    alignments = [dict(activity=row[0], framework="CA-QPLS", standard=standard, strength="ALIGNMENT_STRENGTH_MODERATE",
                       rationale=INVENTED)
                  for row, standard in zip(rows, ["content-and-pedagogy", "content-and-pedagogy", "design-and-structure",
                                                  "collaboration-and-shared-accountability", "data", "equity",
                                                  "resources", "alignment-and-coherence"])]
    providers = [dict(code="COUNTY-OFFICE", name="County office (invented courses)", offeredBy="County office",
                      type="PROVIDER_TYPE_EDUCATION_AGENCY", vettedBy="District", state="PROVIDER_STATE_VETTED"),
                 dict(code="INVENTED-UNI", name="Invented University", type="PROVIDER_TYPE_UNIVERSITY",
                      state="PROVIDER_STATE_PROPOSED")]
    return {"Activity": activities, "Alignment": alignments, "Provider": providers}


def initiative():
    statements = ["Everybody speaks once before anybody speaks twice", "A concern is answered within a week",
                  "Roles sit mixed"]
    return {"Initiative": [dict(code="CIRCLES-AT-WORK", title="Circles at work", organization=DISTRICT,
                                expectedBehavior="Meetings begin with a round and end with a promise. " + INVENTED,
                                owner=OFFICE_LEAD, minObservations=2, beginDate="2025-10-20",
                                strategy="STRATEGY-CIRCLES", goals=["GOAL-TRUST"], activities=["TRUST-CIRCLES"],
                                state="PLAN_STATE_ACTIVE")],
            "LookFor": [dict(code=f"CIRCLES-{n}", initiative="CIRCLES-AT-WORK", statement=statement,
                             studentGroups=["all"], agreedBy=["teacher", "principal", "central-office"], sortOrder=n)
                        for n, statement in enumerate(statements, 1)]}


def notes_and_obstacles():
    types = ["THEORY_OF_TEACHING", "MESSAGE", "COMMUNICATION_PLAN", "TRAINING_PLAN", "COACHING_MODEL", "FACILITY_NEED",
             "ONBOARDING_NEED", "COMMON_DATA_DEFINITION", "SUPPORT_SYSTEM", "EVALUATION_METHOD", "FUNDING_SOURCE",
             "DATA_ACCESS_REQUEST", "SPACE", "LABOR_AGREEMENT_REF", "INCENTIVE"]
    notes = [dict(code="NOTE-" + kind.replace("_", "-"), type=f"NOTE_TYPE_{kind}",
                  title=kind.replace("_", " ").capitalize(), statement=INVENTED, organization=DISTRICT, plan="PLAN-26",
                  owner=OFFICE_LEAD, dueDate=f"2026-{1 + n % 6:02}-15",
                  state="NOTE_STATE_DONE" if n % 3 else "NOTE_STATE_IN_PROGRESS")
             for n, kind in enumerate(types)]
    obstacles = [dict(code=f"OBSTACLE-{category.replace('_', '-')}", category=f"OBSTACLE_CATEGORY_{category}",
                      severity=f"OBSTACLE_SEVERITY_{severity}", description=INVENTED, mitigation=mitigation,
                      state=f"OBSTACLE_STATE_{state}", openedDate=opened, organization=DISTRICT, plan="PLAN-26",
                      owner=OFFICE_LEAD)
                 for category, severity, mitigation, state, opened in [
                     ("SCHEDULES", "HIGH", "An hour kept free on Wednesdays", "MITIGATED", "2025-08-20"),
                     ("SUBSTITUTES_AND_TIME", "MEDIUM", "Two substitutes shared by all schools", "OPEN", "2025-11-05"),
                     ("SPACE", "LOW", "The library after school", "RESOLVED", "2025-09-01"),
                     ("MINDSET_ON_COACHING", "MEDIUM", "Leaders are coached first", "OPEN", "2025-10-02"),
                     ("DATA_ACCESS", "MEDIUM", "A request to the data office", "OPEN", "2025-10-20")]]
    return {"PlanNote": notes, "Obstacle": obstacles}


def groups_and_partners():
    groups = [dict(code="GROUP-PLAN", name="Working group for the plan", type="GROUP_TYPE_WORKING_GROUP",
                   organization=OFFICE, charter=INVENTED, leads=[OFFICE_LEAD], beginDate="2025-08-11"),
              dict(code="GROUP-MATH", name="Mathematics community", type="GROUP_TYPE_COMMUNITY_OF_PRACTICE",
                   organization=OFFICE, platform="video", beginDate="2025-09-10", topicCodes=["mathematics"])]
    agreement = dict(code="AGREEMENT-SCHOOLS", title="How district and schools work with one another",
                     between="AGREEMENT_BETWEEN_DISTRICT_AND_SCHOOLS", organizations=[OFFICE, *SCHOOLS],
                     questions=[dict(question="treat-each-other", answer="We listen before we advise."),
                                dict(question="feel", answer="Safe to say what goes badly."),
                                dict(question="when-it-goes-wrong", answer="We talk within the week."),
                                dict(question="how-we-know", answer="We ask twice a year.")],
                     statements=[dict(code="REPLY", statement="E-mails are answered within two working days.",
                                      competency="relationship-skills")],
                     agreedDate="2025-09-05", reviewDate="2026-06-01", state="AGREEMENT_STATE_IN_FORCE",
                     competencies=["social-awareness", "relationship-skills"])
    events = [dict(code=f"FAMILY-{n}", title="An evening with families", organization=cds,
                   purpose="PARTNER_PURPOSE_FAMILY_LEARNING", date=f"2026-0{1 + n % 4}-1{n % 9}",
                   timeBand="TIME_BAND_EVENING" if n % 2 else "TIME_BAND_AFTER_SCHOOL", placeType="PLACE_TYPE_SCHOOL",
                   language="en", interpreterLanguages=["es"] if n % 3 else [], childcare=bool(n % 2),
                   invited=[dict(group="families", count=200)], attended=[dict(group="families", count=30 + 7 * n)])
              for n, cds in enumerate(SCHOOLS, 1)]
    return {"Group": groups, "SharedAgreement": [agreement], "PartnerEvent": events,
            "Partner": [dict(code="FAMILIES-UNITED", name="Families united (invented)", type="family-group",
                             languages=["en", "es"])]}


def numbers():
    source = chance("year", "numbers")
    years = [dict(organization=cds, schoolYear=YEAR, enrollment=int(300 + 900 * source.random()), locale="LOCALE_SUBURB",
                  needIndex=round(30 + 40 * source.random(), 1), source=INVENTED,
                  familyLanguages=[dict(language="es", percent=22), dict(language="ru", percent=8)],
                  studentGroups=[dict(group="english-learner", percent=round(10 + 20 * source.random(), 1))])
             for cds in SCHOOLS]
    money = [dict(organization=cds, schoolYear=YEAR, type="RESOURCE_TYPE_MONEY", source="title-ii",
                  amount=round(4000 + 9000 * source.random()), hours=round(60 + 90 * source.random()), goal="GOAL-TRUST",
                  note=INVENTED) for cds in SCHOOLS]
    calendar = dict(code="CALENDAR-26", schoolYear=YEAR, beginDate="2025-08-11", endDate="2026-06-05", dayHours=7.5,
                    daysOff=["2025-09-01", "2025-11-11", "2025-11-27", "2025-11-28", "2026-01-19", "2026-02-16",
                             "2026-05-25"], learningDays=["2025-08-14", "2025-10-22", "2026-02-25"])
    blocks = [dict(title="Circle hour", organization=cds, purpose="BLOCK_PURPOSE_CONNECTION", weekdays=[dict(weekday=3)],
                   startMinute=840, minutes=60, everyWeeks=2, beginDate="2025-10-20", protected=True) for cds in SCHOOLS]
    return {"WorkCalendar": [calendar], "OrganizationYear": years, "ResourceAllocation": money, "CalendarBlock": blocks}


# ---- a school's own ----


def meetings(cds, staff, group):
    source = chance("year", "meetings", cds)
    members = [person for person, _ in staff]
    held = []
    for n, month in enumerate(MONTHS):
        date = day(source, month)
        state = "MEETING_STATE_HELD" if source.random() < 0.85 else "MEETING_STATE_MISSED"
        meeting = dict(group=group, title=f"Team meeting {n + 1}", type="MEETING_TYPE_DATA_REVIEW" if n % 2 else
                       "MEETING_TYPE_COMMON_PLANNING", organization=cds, scheduledTime=moment(date, 21), state=state,
                       deliveryMode="DELIVERY_MODE_IN_PERSON", notes=INVENTED)
        if state.endswith("HELD"):
            meeting.update(heldTime=moment(date, 21), minutes=60, facilitator=members[n % len(members)],
                           attendees=some(source, members, 8), dataReviewed=bool(n % 2),
                           practiceCodes=["welcoming-ritual", "optimistic-closure"])
        held.append(meeting)
    decisions = [dict(title=f"Decided in {month}", statement=INVENTED, group=group, organization=cds,
                      method="DECISION_METHOD_CONSENSUS", date=day(source, month), owner=pick(source, members))
                 for month in MONTHS[::2]]
    return {"Meeting": held, "Decision": decisions}


def teams(cds, school, staff):
    source = chance("year", "teams", cds)
    group = f"TEAM-{school['short'].upper()}"
    memberships = [dict(staff=person, group=group, beginDate="2025-08-18", role="MEMBERSHIP_ROLE_MEMBER",
                        beyondContract=source.random() < 0.3) for person, _ in some(source, staff, len(staff) // 2)]
    records = {"Group": [dict(code=group, name=f"Learning team of {school['name']}", type="GROUP_TYPE_TEAM",
                              organization=cds, beginDate="2025-08-18")], "Membership": memberships}
    records.update(meetings(cds, staff, group))
    records["LeadershipRotation"] = [dict(group=group, staff=person, role="MEMBERSHIP_ROLE_LEAD",
                                          beginDate=f"{month}-01", endDate=f"{month}-28")
                                     for (person, _), month in zip(some(source, staff, len(MONTHS)), MONTHS)]
    return records


def coaching(cds, school, staff):
    source = chance("year", "coaching", cds)
    people = [person for person, _ in staff]
    teachers = [person for person, role in staff if role == "teacher"]
    cycles = [dict(coach=coach, coachees=[coached], organization=cds, activity="AIDE-COACHING",
                   relationship="COACHING_RELATIONSHIP_PEER", focus=INVENTED, state="COACHING_STATE_ACTIVE",
                   beginDate="2025-10-06", meetings=[dict(date=day(source, month), step="COACHING_STEP_OBSERVATION",
                                                          minutes=30) for month in MONTHS[1:4]])
              for coach, coached in zip(teachers[:4], people[-4:])]
    observations = [dict(host=host, observers=[guest], organization=cds, activity="OPEN-CLASSROOMS",
                         date=day(source, "2026-03"), minutes=40, openDoor=source.random() < 0.5)
                    for host, guest in zip(teachers[4:12], teachers[12:20])
                    if joined(host, school, "open_classrooms")]
    plans = [dict(code=f"LP-{person}", staff=person, supervisor=people[0], schoolYear=YEAR,
                  outcomes=[dict(code="O1", description=INVENTED, dueDate="2026-05-01")], activities=["TRUST-CIRCLES"],
                  goals=["GOAL-TRUST"], dueDate="2026-05-15", state="PLAN_STATE_APPROVED", approvedBy=people[0],
                  approvedDate="2025-10-01", checkInDays=60) for person in teachers[:6]]
    check_ins = [dict(staff=plan["staff"], supervisor=people[0], plan=plan["code"], date=day(source, month),
                      mode="CHECK_IN_MODE_IN_PERSON", application=INVENTED, nextDate="2026-05-01")
                 for plan in plans for month in ("2025-12", "2026-02")]
    evidence = [dict(staff=person, activity="TRUST-CIRCLES", organization=cds, guskeyLevel=4, context=INVENTED,
                     evidence=INVENTED, date=day(source, "2026-03")) for person in teachers[:5]]
    return {"CoachingCycle": cycles, "PeerObservation": observations, "LearningPlan": plans, "CheckIn": check_ins,
            "ApplicationEvidence": evidence}


def observed(cds, school):
    source = chance("year", "observed", cds)
    seen = []
    for unit in range(8):
        uses = source.random() < 0.35 + 0.5 * school["circles"]
        for month in ("2026-01", "2026-04"):
            seen.append(dict(initiative="CIRCLES-AT-WORK", organization=cds, date=day(source, month),
                             unit=f"{school['short']}-{unit}", inUse=uses,
                             scores=[dict(lookFor=f"CIRCLES-{n}", score=1 if uses and source.random() < 0.8 else 0)
                                     for n in (1, 2, 3)]))
    levels = [dict(rubric="PL-IMPLEMENTATION", item=item, organization=cds, level=1 + int(3 * source.random()),
                   evidence=INVENTED, date="2026-04-20", cycle=CYCLE)
              for item in ("PLAN", "TIME", "TRUST", "COACHING", "DATA", "FOLLOW")]
    counts = [dict(organization=cds, schoolYear=YEAR, term=term, measure="belonging", studentGroup=group, n=number,
                   value=round(55 + 20 * source.random(), 1), unit="percent", source=INVENTED)
              for term in ("FALL", "SPRING") for group, number in (("all", 240), ("english-learner", 41))]
    found = [dict(theory="TOA-CIRCLES", indicator=indicator, source=f"{school['name']}: {what} (invented)",
                  strength="EVIDENCE_STRENGTH_MODERATE", organization=cds, date="2026-04-22",
                  direction="EVIDENCE_DIRECTION_SUPPORTS" if school["circles"] > 0.4 else "EVIDENCE_DIRECTION_MIXED",
                  independenceKey=f"{school['short']}-{indicator}")
             for indicator, what in (("IF-TIME", "the circle calendar"), ("THEN-TRUST", "talks with staff"))]
    return {"ImplementationObservation": seen, "RubricAssessment": levels, "StudentOutcomeAggregate": counts,
            "Evidence": found}


def with_the_district(cds, school, staff):
    source = chance("year", "district", cds)
    people = [person for person, _ in staff]
    logs, requests = [], []
    for month in MONTHS:
        for _ in range(3):
            date = day(source, month)
            log = dict(fromOrganization=cds, toOrganization=OFFICE, channel="COMMUNICATION_CHANNEL_EMAIL",
                       practice=pick(source, ["quick-reply", "named-contact", "follow-up"]), sentTime=moment(date, 15),
                       needsAnswer=True)
            if source.random() < 0.8:
                log["respondedTime"] = moment(date, 16 + int(7 * source.random()))
            logs.append(log)
    for month in MONTHS[::3]:
        asked = f"{month}-02"
        requests.append(dict(fromOrganization=cds, toOrganization=OFFICE, purpose="VISIT_PURPOSE_SUPPORT",
                             requestedDate=asked, attempts=1 + int(2 * source.random()), scheduledDate=f"{month}-12",
                             occurredDate=f"{month}-12", state="VISIT_STATE_OCCURRED", requestedBy=people[0]))
    ties = [dict(organization=OFFICE, toOrganization=cds, type="CONNECTION_TYPE_REGULAR_CONTACT",
                 strength=1 + int(5 * source.random()), people=1 + int(6 * source.random()), date="2026-01-15")]
    supports = [dict(organization=cds, coach="S304", type="SUPPORT_TYPE_DATA_ANALYSIS", date=day(source, "2026-01"),
                     minutes=90, outcome=INVENTED, cycle=CYCLE)]
    reviews = [dict(agreement="AGREEMENT-SCHOOLS", organization=cds, date="2026-02-10",
                    holds="AGREEMENT_HOLDS_HOLDS" if school["trust"] > 3.2 else "AGREEMENT_HOLDS_PARTLY",
                    statementsKept=["REPLY"], note=INVENTED, nextReviewDate="2026-06-01")]
    return {"CommunicationLog": logs, "VisitRequest": requests, "ConnectionEdge": ties, "CoachSupport": supports,
            "AgreementReview": reviews}


def staffing(cds, staff):
    source = chance("year", "staffing", cds)
    away, covered = [], []
    for person, _ in staff:
        for _ in range(int(3 * source.random())):
            date = day(source, pick(source, MONTHS))
            category = pick(source, ["SICK_LEAVE", "SICK_LEAVE", "PERSONAL", "PROFESSIONAL_LEARNING_RELEASE"])
            away.append(dict(staff=person, organization=cds, date=date, category=f"ABSENCE_CATEGORY_{category}",
                             hours=7.5, substituteNeeded=True))
            covered.append(dict(organization=cds, date=date, requested=1, filled=1 if source.random() < 0.85 else 0,
                                reason="COVERAGE_REASON_PROFESSIONAL_LEARNING" if category.startswith("PRO") else
                                "COVERAGE_REASON_ABSENCE"))
    worries = [dict(text=INVENTED, anonymous=True, topicCodes=["scheduling"], organization=cds,
                    date="2025-11-18", state="CONCERN_STATE_RAISED")]
    promises = [dict(statement="A reply to every concern within a week. " + INVENTED, organization=cds,
                     toWhom="staff", agreement="AGREEMENT-SCHOOLS", madeDate="2025-09-05", dueDate="2026-05-29",
                     state="COMMITMENT_STATE_OPEN")]
    return {"Absence": away, "SubCoverage": covered, "Concern": worries, "Commitment": promises}


def merged(parts):
    records = {}
    for part in parts:
        for kind, rows in part.items():
            records.setdefault(kind, []).extend(rows)
    return records


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    files = {"shared": merged([plan_and_needs(), catalog(), initiative(), notes_and_obstacles(),
                               groups_and_partners(), numbers()])}
    everybody = read_staff()
    for cds, school in SCHOOLS.items():
        staff = everybody[cds]
        files[cds] = merged([teams(cds, school, staff), coaching(cds, school, staff), observed(cds, school),
                             with_the_district(cds, school, staff), staffing(cds, staff)])
    for name, records in files.items():
        (folder / f"{name}.json").write_text(json.dumps(records, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
