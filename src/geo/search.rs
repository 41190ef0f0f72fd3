//! The walk through the tree of [`PointIndex`](super::PointIndex): gathers every point the chords cannot rule out.

use super::Metres;
use super::chord::{Ecef, Span, length2, reach, reach_of};
use super::index::{Entry, Plane};
use super::settle::Candidate;

/// One walk through the tree.
pub(super) struct Search<'a, F> {
    entries: &'a [Entry],
    planes: &'a [Plane],
    from: Ecef,
    k: usize,
    /// The squared chord past which no point can matter any more.
    limit: f64,
    /// The `k` points with the smallest chords so far, sorted once there are `k`.
    best: Vec<(f64, &'a Entry)>,
    /// Points beyond those, which the geodesic or the tie order may yet prefer.
    spill: Vec<(f64, &'a Entry)>,
    accept: F,
}

impl<'a, F: FnMut(u32) -> bool> Search<'a, F> {
    pub fn new(entries: &'a [Entry], planes: &'a [Plane], from: Ecef, k: usize, within: Metres, accept: F) -> Self {
        let best = Vec::with_capacity(k.min(entries.len()));
        Self { entries, planes, from, k, limit: reach_of(within), best, spill: Vec::new(), accept }
    }

    /// Visits the part `start..end` of the entries; `gap` is, per axis, its least distance from the searcher as known.
    pub fn descend(&mut self, node: usize, start: usize, end: usize, gap: [f64; 3]) {
        let Some(&Plane { cut, axis }) = self.planes.get(node) else {
            return self.scan(start, end);
        };
        let middle = start + (end - start) / 2;
        let beyond = self.from.0[axis] - cut;
        let mut across = gap;
        across[axis] = beyond;
        let (left, right) = (2 * node + 1, 2 * node + 2);
        if beyond < 0.0 {
            self.descend(left, start, middle, gap);
            if length2(across) <= self.limit {
                self.descend(right, middle, end, across);
            }
        } else {
            self.descend(right, middle, end, gap);
            if length2(across) <= self.limit {
                self.descend(left, start, middle, across);
            }
        }
    }

    fn scan(&mut self, start: usize, end: usize) {
        for entry in &self.entries[start..end] {
            let chord2 = self.from.chord2(entry.at);
            if chord2 <= self.limit && (self.accept)(entry.id) {
                self.keep(chord2, entry);
            }
        }
    }

    /// Takes a point in among the best or beside them; the limit shrinks whenever the k-th best comes nearer.
    fn keep(&mut self, chord2: f64, entry: &'a Entry) {
        if self.best.len() < self.k {
            self.best.push((chord2, entry));
            if self.best.len() == self.k {
                self.best.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
                self.tighten();
            }
            return;
        }
        let last = self.best[self.k - 1];
        if chord2 >= last.0 {
            self.spill.push((chord2, entry));
            return;
        }
        let mut place = self.k - 1;
        while place > 0 && self.best[place - 1].0 > chord2 {
            self.best[place] = self.best[place - 1];
            place -= 1;
        }
        self.best[place] = (chord2, entry);
        self.tighten();
        if last.0 <= self.limit {
            self.spill.push(last);
        }
    }

    /// `k` points lie within the k-th chord, so nothing past its reach can come before all of them.
    fn tighten(&mut self) {
        self.limit = self.limit.min(reach(self.best[self.k - 1].0));
    }

    /// Everything the chords could not rule out.
    pub fn candidates(self) -> Vec<Candidate> {
        let possible = self.spill.iter().filter(|(chord2, _)| *chord2 <= self.limit);
        self.best
            .iter()
            .chain(possible)
            .map(|(_, entry)| Candidate { id: entry.id, span: Span::between(self.from, entry.at) })
            .collect()
    }
}
