//! `DevelopmentService`: for integrators, who want to see birthdays and endings. Made in development only.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::calls::{ANYONE, Calls};
use super::parse::Input;
use crate::ambient::DevelopmentClock;
use crate::contract::v1;
use crate::contract::v1::development_service_server::DevelopmentService;
use crate::domain::Clock;

/// The service.
pub(super) struct Development {
    pub(super) calls: Calls,
    pub(super) clock: Arc<DevelopmentClock>,
}

#[tonic::async_trait]
impl DevelopmentService for Development {
    async fn set_clock(
        &self,
        request: Request<v1::SetClockRequest>,
    ) -> Result<Response<v1::SetClockResponse>, Status> {
        self.calls
            .answer("SetClock", ANYONE, request, |_, asked| async move {
                let v1::SetClockRequest { now } = asked;
                let mut input = Input::default();
                let now = input.moment("now", &now);
                let now = input.finish(|| now)?;
                self.clock.set(now)?;
                Ok(v1::SetClockResponse { now: self.clock.now().rfc3339() })
            })
            .await
    }
}
