//! The index of city names: one automaton answers exact, prefix and misspelt questions alike.

use std::iter;
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
    /// From (key, rank) pairs in the order of the keys, the ranks of a key in any order and repeated or not.
    pub(super) fn build<'a>(entries: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let mut builder = MapBuilder::memory();
        let (mut starts, mut ranks, mut longest_key) = (Vec::new(), Vec::new(), 0);
        let mut entries = entries.peekable();
        while let Some((key, rank)) = entries.next() {
            builder.insert(key, starts.len() as u64).expect("keys come in order");
            let mut group = vec![rank];
            group.extend(iter::from_fn(|| entries.next_if(|(next, _)| *next == key)).map(|(_, rank)| rank));
            group.sort_unstable();
            group.dedup();
            starts.push(position(ranks.len()));
            ranks.append(&mut group);
            longest_key = longest_key.max(key.len());
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
        Names::build(
            [("aus", 7), ("austin", 9), ("austin", 1), ("austintown", 4), ("boston", 0), ("zz", 8)].into_iter(),
        )
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
