"""A small plan for tests: every kind of node, a follow-up, checks, windows."""

FEVER = """
schema: 1
key: fever
title: Fever in children
summary: A plan made for tests.
demonstration: false
elements:
  - {key: guarding, label: Guarding, type: boolean}
  - key: temperature
    label: Temperature
    type: decimal
    unit: Cel
    precision: 1
    possible: {low: 25, high: 45}
    plausible: {low: 34, high: 42}
  - {key: days_ill, label: Days ill, type: integer, possible: {low: 0, high: 99}}
  - key: look
    label: Look
    type: choice
    options: [{key: well, label: Well}, {key: ill, label: Ill}]
  - {key: onset, label: Onset, type: date}
  - {key: remark, label: Remark, type: text}
  - {key: scanned, label: Scanned, type: boolean}
  - {key: scan_positive, label: Scan positive, type: boolean}
forms:
  - key: start
    title: Start
    sections:
      - key: main
        title: Main
        items:
          - element: guarding
          - element: temperature
          - element: days_ill
          - element: look
          - element: onset
          - element: remark
          - element: scanned
          - {element: scan_positive, show_when: scanned}
checks:
  - key: odd
    when: look = 'ill' and temperature < 35.0 'Cel'
    message: Cold?
    level: warn
  - {key: late, when: days_ill > 60, message: Too long ill., level: block-signing}
visits:
  - {key: first, title: First, start: presentation}
  - key: control
    title: Control
    start: again
    window: {earliest_days: 7, latest_days: 28, after: first}
nodes:
  - {kind: assess, key: presentation, title: Presentation, form: start, next: danger}
  - kind: decide
    key: danger
    title: Danger?
    branches:
      - {when: guarding, to: operate}
      - {when: "temperature >= 38.0 'Cel'", to: scan}
    otherwise: home
    if_unknown: Look again.
  - kind: recommend
    key: operate
    title: Operate
    actions:
      - key: operate
        words: Operate.
        direction: do
        resource: surgery
        serious: true
  - kind: recommend
    key: scan
    title: Scan
    actions:
      - {key: scan, words: Scan., direction: do, resource: scan, window: P1D}
    next: result
  - kind: decide
    key: result
    title: Result
    branches:
      - {when: scan_positive, to: operate}
    otherwise: home
    if_unknown: Wait for the scan.
  - kind: recommend
    key: home
    title: Home
    actions:
      - {key: no-scan, words: No scan., direction: do-not, resource: scan, window: P3D}
      - {key: watch, words: Watch., direction: do, resource: watching}
  - {kind: assess, key: again, title: Again, form: start, next: better}
  - kind: decide
    key: better
    title: Better?
    branches:
      - {when: temperature < previous.temperature, to: done}
      - {when: weeks_since_previous >= 2, to: operate}
    otherwise: home
    if_unknown: Measure.
  - {kind: finish, key: done, title: Done}
reasons:
  - {key: no-scanner, words: No scanner, standard: service-not-available, actions: [scan]}
  - {key: night, words: It is night, standard: limited-time}
resources:
  - {key: surgery, title: Surgery, kind: treatment}
  - {key: watching, title: Watching, kind: treatment}
  - {key: scan, title: Scan, kind: test}
outcomes:
  - key: ill
    label: Ill
    type: boolean
    kind: harm
    known_how: Asked.
    affected_by_action: true
  - key: stay
    label: Stay
    type: integer
    unit: d
    kind: process
    known_how: Counted.
    affected_by_action: true
  - key: weight_loss
    label: Loss
    type: decimal
    unit: kg
    kind: harm
    known_how: Weighed.
    affected_by_action: true
statements:
  - key: home-is-safe
    words: Those sent home fare well.
    node: home
    outcome: ill
    prediction: {comparison: "<", percent: 5}
    looks: at-cut-off
"""
