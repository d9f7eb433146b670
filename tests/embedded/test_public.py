def test_a_session_tells_what_is_known_and_leaves_out_the_rest(site):
    session_id = site.enqueue("PAY-412")
    session = site.session(session_id)
    assert {key: session[key] for key in ("id", "identifier", "status", "workType")} == {
        "id": session_id,
        "identifier": "PAY-412",
        "status": "queued",
        "workType": "development",
    }
    assert session["startedAt"] == "2026-06-03T12:00:00.000Z"
    assert not {"costUsd", "inputTokens", "branch", "provider", "issueTitle"} & session.keys()


def test_the_public_id_is_a_prefix_of_the_trackers_hash(site):
    session_id = site.enqueue(trackerSessionId="7b0c7c9e-5a51-4f0e-9b61-2f6f0a8c1d11")
    assert session_id == "3a0f4aeaff64cc9e"


def test_a_tracker_session_is_enqueued_once(site):
    site.enqueue(trackerSessionId="t-1")
    body = {"identifier": "ENG-1", "trackerSessionId": "t-1"}
    assert site.crew.post("/api/sessions", json=body).status_code == 409


def test_the_timeline_and_duration_go_from_claim_to_end(site):
    session_id, worker_id = site.enqueue(), site.worker()
    site.clock.advance(10)
    assert site.session(session_id)["duration"] == 10
    site.claim(session_id, worker_id)
    site.act(session_id, worker_id)
    site.clock.advance(65.5)
    assert site.session(session_id)["duration"] == 65
    site.finish(session_id, worker_id)
    site.clock.advance(100)
    session = site.session(session_id)
    assert session["duration"] == 65
    assert session["timeline"] == {
        "created": "2026-06-03T12:00:00.000Z",
        "queued": "2026-06-03T12:00:00.000Z",
        "started": "2026-06-03T12:00:10.000Z",
        "completed": "2026-06-03T12:01:15.500Z",
    }


def test_the_list_is_newest_first_and_can_be_narrowed(site):
    first = site.enqueue("ENG-1")
    site.clock.advance(1)
    second = site.enqueue("ENG-2", project="refunds")
    site.clock.advance(1)
    third = site.enqueue("ENG-3")
    site.do(third, "stop")

    def listed(**query):
        answer = site.operator.get("/api/public/sessions", params=query).json()
        assert answer["count"] == len(answer["sessions"])
        return [one["id"] for one in answer["sessions"]]

    assert listed() == [third, second, first]
    assert listed(status="stopped") == [third]
    assert listed(status=["stopped", "queued"]) == [third, second, first]
    assert listed(project="refunds") == [second]
    assert listed(project="prj_refunds") == [second]
    assert listed(project="nowhere") == []


def test_a_session_of_another_project_is_not_found(site):
    session_id = site.enqueue(project="refunds")
    scope = {"X-Rensei-Project": "demo"}
    answer = site.operator.get(f"/api/public/sessions/{session_id}", headers=scope)
    assert (answer.status_code, answer.json()) == (404, {"error": "Session not found"})
    assert site.do(session_id, "stop", **scope).status_code == 404
    query = {"sessionId": session_id, "project": "demo"}
    assert site.operator.get("/api/public/session-activities", params=query).status_code == 404
    assert site.session(session_id)["status"] == "queued"


def test_whoami_names_the_projects(site):
    site.enqueue(project="refunds")
    me = site.operator.get("/api/cli/whoami").json()
    assert [(one["slug"], one["isDefault"]) for one in me["projects"]] == [
        ("demo", True),
        ("refunds", False),
    ]
    assert me["org"].keys() == {"id", "name", "slug", "plan"}


def test_the_figures_count_workers_sessions_and_cost(site):
    done, worker_id = site.run("ENG-1")
    site.report(done, worker_id, "running", costUsd=0.25)
    site.finish(done, worker_id)
    site.run("ENG-2")
    site.enqueue("ENG-3")
    figures = site.operator.get("/api/public/stats").json()
    assert figures == {
        "workersOnline": 2,
        "agentsWorking": 1,
        "queueDepth": 1,
        "completedToday": 1,
        "availableCapacity": 1,
        "totalCostToday": 0.25,
        "totalCostAllTime": 0.25,
        "sessionCountToday": 3,
        "timestamp": "2026-06-03T12:00:00.000Z",
    }
    site.clock.advance(86_400)
    figures = site.operator.get("/api/public/stats").json()
    assert (figures["workersOnline"], figures["totalCostToday"]) == (0, 0.0)
    assert figures["totalCostAllTime"] == 0.25
