//! A request that a transfer manager does in several calls: the pieces of an object.
//!
//! The request keeps its place while its pieces come and go. Time: a piece that begins where
//! another ended goes on with that one's account, so that the account of a stage's last piece is
//! that of the whole stage, and adds up to it exactly.
use super::World;
use super::event::Event;
use super::log::Recorder;
use super::request::{Piece, Request, TimeSpent};
use keystorm_models::client::network::{Direction, Stage, Stages};
use keystorm_models::s3::Refusal;
use keystorm_models::workload::Operation;
use keystorm_sim::{Pending, Time};

/// A transfer under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transfer {
    /// The request that the application made.
    request: Request,
    stages: Stages,
    /// Number of the current stage.
    stage: usize,
    /// Pieces of the current stage that have begun.
    begun: u64,
    /// Pieces under way.
    under_way: u32,
    /// Pieces of all stages that have begun.
    pieces: u32,
    /// What the first piece that failed was answered with.
    refusal: Option<&'static Refusal>,
    /// It has failed, and its upload is being aborted.
    aborts: bool,
}

/// Transfers by number; numbers are used again.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    slots: Vec<Option<Transfer>>,
    free: Vec<u32>,
}

impl Transfers {
    fn insert(&mut self, transfer: &Transfer) -> u32 {
        if let Some(number) = self.free.pop() {
            self.slots[number as usize] = Some(*transfer);
            return number;
        }
        self.slots.push(Some(*transfer));
        u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 requests at a time")
    }

    fn get(&mut self, number: u32) -> &mut Transfer {
        let slot = self.slots[number as usize].as_mut();
        slot.expect("a piece names a transfer that is under way")
    }

    fn remove(&mut self, number: u32) -> Transfer {
        self.free.push(number);
        let slot = self.slots[number as usize].take();
        slot.expect("a piece names a transfer that is under way")
    }

    /// The requests that the application made.
    pub(super) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.slots.iter().flatten().map(|it| &it.request)
    }
}

impl Transfer {
    fn current(&self) -> Option<Stage> {
        self.stages.iter().nth(self.stage)
    }

    /// The next piece of the current stage, if it has one left.
    fn next_piece(&mut self, number: u32, time: TimeSpent) -> Option<Request> {
        let stage = self.current()?;
        if self.begun == stage.count {
            return None;
        }
        self.begun += 1;
        let size = if self.begun == stage.count {
            stage.last_bytes
        } else {
            stage.bytes
        };
        Some(self.piece(number, stage.operation, size, time))
    }

    fn piece(&mut self, number: u32, asks: Operation, size: u64, time: TimeSpent) -> Request {
        self.under_way += 1;
        self.pieces += 1;
        let piece = Piece {
            transfer: number,
            number: self.pieces,
        };
        self.request.piece(piece, asks, size, time)
    }
}

impl<R: Recorder> World<'_, R> {
    /// How a transfer manager moves the object of a request, if not by this one request.
    pub(super) fn stages(&self, request: &Request) -> Option<Stages> {
        let rules = self.assembly.fleets[usize::from(request.fleet)].transfers?;
        let direction = match request.ask.operation {
            Operation::Get => Direction::Download,
            Operation::Put => Direction::Upload,
            _ => return None,
        };
        let stages = rules.stages(direction, request.ask.size);
        let mut each = stages.iter();
        let first = each.next()?;
        let is_the_request = first.operation == request.ask.operation && first.count == 1;
        (!is_the_request || each.next().is_some()).then_some(stages)
    }

    /// A request that has its place begins as a transfer.
    pub(super) fn begin_transfer(
        &mut self,
        request: &Request,
        stages: Stages,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let number = self.transfers.insert(&Transfer {
            request: *request,
            stages,
            stage: 0,
            begun: 0,
            under_way: 0,
            pieces: 0,
            refusal: None,
            aborts: false,
        });
        self.begin_stage(number, request.time, now, pending);
    }

    /// As many pieces of the current stage begin as may be under way at a time.
    fn begin_stage(
        &mut self,
        number: u32,
        time: TimeSpent,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let at_once = self
            .transfers
            .get(number)
            .current()
            .map_or(0, |it| it.at_once);
        for _ in 0..at_once {
            let piece = self.transfers.get(number).next_piece(number, time);
            let Some(mut piece) = piece else { return };
            self.begin(&mut piece, now, pending);
        }
    }

    /// A piece has ended, well or with an error.
    pub(super) fn piece_ended(
        &mut self,
        piece: &Request,
        refusal: Option<&'static Refusal>,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let number = piece.piece.transfer;
        let transfer = self.transfers.get(number);
        transfer.under_way -= 1;
        transfer.request.retried |= piece.retried;
        if !transfer.aborts {
            transfer.refusal = transfer.refusal.or(refusal);
        }
        if transfer.refusal.is_none()
            && let Some(mut next) = transfer.next_piece(number, piece.time)
        {
            return self.begin(&mut next, now, pending);
        }
        if transfer.under_way > 0 {
            return;
        }
        if transfer.refusal.is_some() {
            // An upload in parts that fails is not left lying about.
            if transfer.request.ask.operation == Operation::Put
                && transfer.stage > 0
                && !transfer.aborts
            {
                transfer.aborts = true;
                let asks = Operation::AbortMultipartUpload;
                let mut abort = transfer.piece(number, asks, 0, piece.time);
                return self.begin(&mut abort, now, pending);
            }
        } else {
            transfer.stage += 1;
            transfer.begun = 0;
            if transfer.current().is_some() {
                return self.begin_stage(number, piece.time, now, pending);
            }
        }
        let Transfer {
            mut request,
            refusal,
            ..
        } = self.transfers.remove(number);
        request.time = piece.time;
        self.leave(&request, refusal, now, pending);
    }
}
