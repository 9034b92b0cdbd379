"""What should be booked, and the fewest requests that get there: pure functions over frozen values.

No input or output, no clock (`now` is an argument), no SQL, no Qt; only the standard library is imported.

Read it as a plan is made; `plan.make_plan` is the whole in ten lines:
1. `values`      the words: room-day, occurrence, standing, booking, request, situation, plan;
2. `ground`      what stands, sorted by what may still be done with it;
3. `projection`  what should stand, stage by stage, helped by `overlap` (what is a clash?), `together` (one lecture
                 under several modules), `decisions` (what staff chose), `strategies` (who is recorded?) and
                 `making_way` (what stands is not removed for who may come too late);
4. `difference`  what must change;
                 `staying` holds who would have to change places too late, and plans the rest anew;
                 `adopting` takes over what others booked exactly where a lesson is, if staff wish it;
5. `order`       in which order, so that nothing is refused; `knots` finds the fewest that must step aside.
Around it: `closures` and `slices` say how much is planned at once, `guards` when a plan waits for staff, `steps`
how many plans are shown as one, `needed` what has to be in Echo360 before, `batches` when such a plan may be sent,
`portions` how much of it goes out at once, `undoing` how it is taken back, `nothing` what to say of one that sends
nothing, `why` what to say of one lesson in one week (`reasons` has the sentences), `outlook` what a decision would
come to, `alike` which clashes have one cause. Then the other pure rules of the worker: `expansion` (an edit
becomes weeks), `external_id` (which schedules are ours), `statuses` (what may follow what); and its plain values:
`records`, `stops`, `answers`.
"""
