//! One column: owned by the process, or part of a memory-mapped snapshot.

use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::Mmap;

/// A column of plain values. It is shared, not copied, when a census is cloned.
#[derive(Clone)]
pub(crate) enum Section<T> {
    Owned(Arc<Vec<T>>),
    Mapped(Mapped<T>),
}

/// Bytes of a snapshot that are whole, aligned values.
#[derive(Clone)]
pub(crate) struct Mapped<T> {
    map: Arc<Mmap>,
    at: Range<usize>,
    of: PhantomData<T>,
}

impl<T: Pod> Section<T> {
    /// The column at these bytes; `None` if they are not whole, aligned values within the file.
    pub(crate) fn mapped(map: &Arc<Mmap>, at: Range<usize>) -> Option<Self> {
        bytemuck::try_cast_slice::<u8, T>(map.get(at.clone())?).ok()?;
        Some(Self::Mapped(Mapped { map: Arc::clone(map), at, of: PhantomData }))
    }
}

impl<T: Pod> Deref for Section<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Owned(values) => values,
            // `mapped` has tried both steps; they cannot fail.
            Self::Mapped(m) => m
                .map
                .get(m.at.clone())
                .and_then(|bytes| bytemuck::try_cast_slice(bytes).ok())
                .unwrap_or_default(),
        }
    }
}

impl<T> From<Vec<T>> for Section<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Owned(Arc::new(values))
    }
}
