//! The index of city names: one automaton answers exact, prefix and misspelt questions alike.

use std::ops::Range;

use fst::{IntoStreamer, Map, MapBuilder, Streamer};

/// Folded names in a finite-state transducer, each with the cities it may mean.
///
/// A city's *rank* is its position by population, so "most populous first" is plain numeric order everywhere.
pub(super) struct Names {
    /// Key to group number; groups follow the order of the keys, so a prefix is one range of groups.
    groups: Map<Vec<u8>>,
    /// Where each group begins in `ranks`, and the end of the last.
    starts: Vec<u32>,
    ranks: Vec<u32>,
    longest_key: usize,
}

impl Names {
    /// From (key, rank) pairs in any order, repetitions allowed.
    pub(super) fn build(mut entries: Vec<(String, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let longest_key = entries.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        let mut builder = MapBuilder::memory();
        let mut starts = Vec::new();
        let mut ranks = Vec::with_capacity(entries.len());
        for group in entries.chunk_by(|(a, _), (b, _)| a == b) {
            builder.insert(&group[0].0, starts.len() as u64).expect("keys come sorted and once each");
            starts.push(position(ranks.len()));
            ranks.extend(group.iter().map(|&(_, rank)| rank));
        }
        starts.push(position(ranks.len()));
        Self { groups: builder.into_map(), starts, ranks, longest_key }
    }

    /// The ranks of the cities of this name, most populous first; empty when there is none.
    pub(super) fn exact(&self, key: &str) -> &[u32] {
        self.groups.get(key).map_or(&[], |group| self.ranks_of(group..group + 1))
    }

    /// The ranks behind every key that begins so, group after group.
    pub(super) fn starting_with(&self, prefix: &str) -> &[u32] {
        let Some(last) = prefix.as_bytes().last() else { return &[] };
        let mut after = prefix.as_bytes().to_vec();
        // Keys are ASCII, so the successor of the last byte bounds everything that begins with the prefix.
        after.pop();
        after.push(last.saturating_add(1));
        self.ranks_of(self.first_at_or_after(prefix.as_bytes())..self.first_at_or_after(&after))
    }

    /// Every key that the automaton accepts, with the automaton's state and the ranks behind it.
    pub(super) fn search<'a, A: fst::Automaton>(
        &'a self,
        automaton: &'a A,
        mut found: impl FnMut(&str, A::State, &'a [u32]),
    ) where
        A::State: Clone,
    {
        let mut matches = self.groups.search_with_state(automaton).into_stream();
        while let Some((key, group, state)) = matches.next() {
            let key = std::str::from_utf8(key).expect("keys are strings");
            found(key, state, self.ranks_of(group..group + 1));
        }
    }

    /// In bytes; nothing much longer can be a misspelling.
    pub(super) fn longest_key(&self) -> usize {
        self.longest_key
    }

    fn first_at_or_after(&self, bound: &[u8]) -> u64 {
        let first = self.groups.range().ge(bound).into_stream().next().map(|(_, group)| group);
        first.unwrap_or(self.groups.len() as u64)
    }

    fn ranks_of(&self, groups: Range<u64>) -> &[u32] {
        let start = |group: u64| usize::try_from(group).ok().and_then(|at| self.starts.get(at)).copied().unwrap_or(0);
        &self.ranks[start(groups.start) as usize..start(groups.end) as usize]
    }
}

/// Every position of the gazetteer fits: it has some ten thousand names.
pub(super) fn position(at: usize) -> u32 {
    u32::try_from(at).expect("the gazetteer has far fewer than 2^32 rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let entries = [("austin", 1), ("austintown", 4), ("austin", 9), ("boston", 0), ("aus", 7), ("zz", 8)];
        Names::build(entries.map(|(key, rank)| (key.to_owned(), rank)).into())
    }

    #[test]
    fn p3_a_prefix_is_not_the_name() {
        assert_eq!(names().exact("austin"), [1, 9]);
        assert_eq!(names().exact("austi"), [0_u32; 0]);
    }

    #[test]
    fn a_prefix_spans_its_keys_and_no_others() {
        assert_eq!(names().starting_with("austin"), [1, 9, 4]);
        assert_eq!(names().starting_with("au"), [7, 1, 9, 4]);
        assert_eq!(names().starting_with("z"), [8]);
        assert_eq!(names().starting_with("zzz"), [0_u32; 0]);
        assert_eq!(names().starting_with(""), [0_u32; 0]);
    }
}
