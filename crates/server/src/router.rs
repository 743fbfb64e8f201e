//! The table of contents: every address, and which file answers it.

use std::any::Any;

use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::response::IntoResponse as _;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::Problem;
use crate::{api, csrf, headers, pages, words};

/// The largest body that is read, in bytes: a batch of 4,096 rows of 500 bytes.
const MAX_BODY: usize = 2 << 20;

/// What the description says of all of it.
#[derive(OpenApi)]
#[openapi(info(
    title = "Mingma 明码",
    description = "A health code in the clear. A colour is computed from typed, evidenced facts by published rules; no \
                   endpoint sets one. The seven interfaces of GB/T 38963 are the operations `declareHealth`, `declareTrip`, \
                   `queryStatus`, `authorizeApp`, `makeCode`, `verifyCode` and `correctInformation`.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
))]
struct Described;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(api::status::query::query_status))
        .routes(routes!(api::declarations::health::declare_health))
        .routes(routes!(api::codes::loss::report_lost_code))
        .routes(routes!(api::codes::make::make_code))
        .routes(routes!(api::codes::paper::make_paper_code))
        .routes(routes!(api::codes::verify::verify_code))
        .routes(routes!(api::health::live))
        .routes(routes!(api::status_lists::directory::list_status_lists))
        .routes(routes!(api::status_lists::get::get_status_list))
        .routes(routes!(api::trust_list::get::get_trust_list))
}

/// The description of the API, as `/openapi.json` gives it.
#[must_use]
pub fn openapi() -> Description {
    api().into_openapi()
}

/// Everything that is served.
pub fn router(app: App) -> Router {
    let (api, description) = api().split_for_parts();
    let description = serde_json::to_string_pretty(&description).unwrap_or_default();
    let pages = Router::new()
        .route("/", get(pages::home::home))
        .route("/rules", get(pages::rules::list))
        .route("/rules/{number}", get(pages::rules::one))
        .route("/language", get(pages::language::choose))
        .route("/assets/{name}", get(pages::assets::asset));
    let router = api
        .merge(pages)
        .route("/openapi.json", get(async move || api::openapi(description)))
        .fallback(async || Problem::not_found())
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(from_fn(csrf::own_pages_only))
        .layer(map_response(words::ours))
        .with_state(app);
    // What a panic says may hold what was sent: it is neither answered nor written down.
    let broken = CatchPanicLayer::custom(|_said: Box<dyn Any + Send>| Problem::broken().into_response());
    headers::with_headers(router).layer(broken)
}
