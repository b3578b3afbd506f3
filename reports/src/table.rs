//! A table, independent of where it is shown.

/// A table with a head, a row header in the first column and numbers on the right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Heads of the columns, the row header's first.
    pub(crate) head: Vec<String>,
    /// Rows in order.
    pub(crate) rows: Vec<Row>,
    /// A sentence on how the figures came about; may be empty.
    pub(crate) source: String,
}

/// A row of a [`Table`].
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What the row is about.
    pub(crate) name: String,
    /// One cell per further column.
    pub(crate) cells: Vec<Cell>,
}

/// A cell with a figure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// As a reader sees it.
    pub(crate) text: String,
    /// The interval below it; empty if there is none.
    pub(crate) interval: String,
    /// As a program reads it; `None` for words.
    pub(crate) raw: Option<f64>,
    /// It is the figure that breaches a limit.
    pub(crate) bad: bool,
}

impl Table {
    /// An empty table with these heads.
    pub(crate) fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|&h| h.to_string()).collect(),
            ..Self::default()
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, name: impl Into<String>, cells: Vec<Cell>) {
        self.rows.push(Row {
            name: name.into(),
            cells,
        });
    }

    /// The table without those of these columns (by head) in which every number is zero.
    pub(crate) fn without_zeros(mut self, heads: &[&str]) -> Self {
        for head in heads {
            let Some(column) = self.column(head) else {
                continue;
            };
            let zero = |row: &Row| row.cells[column - 1].raw.is_none_or(|v| v == 0.0);
            if self.rows.iter().all(zero) {
                self.remove(head);
            }
        }
        self
    }

    /// Removes the column with that head, if there is one.
    pub(crate) fn remove(&mut self, head: &str) {
        if let Some(column) = self.column(head) {
            self.head.remove(column);
            for row in &mut self.rows {
                row.cells.remove(column - 1);
            }
        }
    }

    /// Place of a column of figures.
    fn column(&self, head: &str) -> Option<usize> {
        self.head
            .iter()
            .position(|h| h == head)
            .filter(|column| *column > 0)
    }

    /// The table with this note below it.
    pub(crate) fn noted(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }
}

impl Cell {
    /// A number and its text.
    pub(crate) fn number(value: f64, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            raw: Some(value),
            ..Self::default()
        }
    }

    /// A number if there is one, otherwise a dash.
    pub(crate) fn optional(value: Option<f64>, show: impl Fn(f64) -> String) -> Self {
        value.map_or_else(Self::nothing, |v| Self::number(v, show(v)))
    }

    /// Words.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Undefined: no such request, or nothing succeeded.
    pub(crate) fn nothing() -> Self {
        Self::words("–")
    }

    /// The cell marked if `bad`.
    pub(crate) fn marked(mut self, bad: bool) -> Self {
        self.bad = bad;
        self
    }
}
