//! A site that tests send requests to.

use std::net::SocketAddr;

use app::context::base_path::BasePath;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use duplistatus::{
    access::Role,
    clock::Clock,
    db::Db,
    dto::{channel::ChannelForm, run::RunQuery, server::ServerQuery},
    ids::{ChannelId, RunId, ServerId},
    service::{
        Actor, Crypto, Options, Services,
        ingest::rejected,
        ingest_keys,
        notifications::channels,
        overview::{dashboard, run, server as page_of_server},
        session,
        session::{Caller, Resolved, SignIn, Token},
        users,
    },
    time::Timestamp,
    topic::Topic,
    zone::Zone,
};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use server::{router::router, state::AppState};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

/// Runs a test on a thread with the stack size of the program's own threads, which pages need in debug builds.
pub(crate) fn deep<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test());
    let thread = std::thread::Builder::new().stack_size(server::commands::STACK).spawn(run).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Returns the request with which a browser without JavaScript submits a form of a page.
pub(crate) fn form(function: &str, page: &str, body: &str) -> Request<Body> {
    let mut request = post(&format!("/api/fn/{function}"), "application/x-www-form-urlencoded", body);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::HOST, "backup.example".parse().unwrap());
    headers.insert(header::REFERER, format!("http://backup.example{page}").parse().unwrap());
    request
}

/// A site with its own database, which is deleted when the site is dropped.
pub(crate) struct Site {
    pub(crate) state: AppState,
    router: Router,
    administrator: OnceCell<String>,
    folder: tempfile::TempDir,
}

/// A response that was read completely.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Site {
    /// Returns a site with the default options: keys are required.
    pub(crate) fn new() -> Self {
        Self::with("", |_| {}, |_| {})
    }

    /// Returns a site with open ingest.
    pub(crate) fn open() -> Self {
        Self::with("", |options| options.open_ingest = true, |_| {})
    }

    /// Returns a site with other options.
    pub(crate) fn with(
        base: &str,
        options: impl FnOnce(&mut Options),
        state: impl FnOnce(&mut AppState),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
        let mut chosen = Options::default();
        options(&mut chosen);
        let clock = Clock::manual("2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap());
        let mut all = AppState {
            services: std::sync::Arc::new(Services::new(
                db,
                clock,
                Zone::utc(),
                chosen,
                Crypto::for_made_up_data().unwrap(),
            )),
            base: BasePath::new(base),
            public_url: None,
            proxies: Default::default(),
            hosts: std::sync::Arc::new("backup.example, outside.example, said.example".parse().unwrap()),
            log_throttle: Default::default(),
            max_upload: 100_000,
            limits: Default::default(),
            throttle: std::sync::Arc::new(duplistatus::throttle::Throttle::of_uploads()),
            uploads: Default::default(),
            stopping: Default::default(),
        };
        state(&mut all);
        Self { router: router(all.clone()), state: all, administrator: OnceCell::new(), folder }
    }

    /// Returns the names and contents of the files in the data folder.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap());
        entries
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| {
                (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    /// Trusts a proxy at this address from now on.
    pub(crate) fn trust(&mut self, address: &str) {
        self.state.proxies = std::sync::Arc::new(server::client::Proxies::new(address.parse().unwrap()));
        self.router = router(self.state.clone());
    }

    /// Creates a key for one server, or for any server if `server` is empty; returns its secret.
    pub(crate) async fn key(&self, server: &str) -> String {
        ingest_keys::create(&self.state.services, &Actor::CommandLine, server).await.unwrap().secret
    }

    /// Creates a user and signs in; returns the `Cookie` header.
    pub(crate) async fn sign_in(&self, name: &str, role: Role) -> String {
        let services = &self.state.services;
        let password = || "a long row of words 7".to_owned().into();
        users::create(services, &Actor::CommandLine, name, role, Some(password())).await.unwrap();
        let caller = Caller { address: None, device: "a browser".into(), mark: None };
        match session::begin(services, &caller, name, password()).await.unwrap() {
            SignIn::Complete(Token(token)) => format!("duplistatus-session={}", token.expose_secret()),
            SignIn::NeedsCode(_) => panic!("nobody has a second factor"),
        }
    }

    /// Returns the user of a session.
    pub(crate) async fn actor(&self, cookie: &str) -> Actor {
        let token = cookie.split_once('=').unwrap().1;
        match session::resolve(&self.state.services, &Caller::default(), token).await.unwrap() {
            Some(Resolved::User(identity)) => Actor::User(identity),
            other => panic!("{other:?}"),
        }
    }

    /// Sends a request as an administrator from 192.0.2.7; returns the response with its body still streaming.
    pub(crate) async fn call(&self, mut request: Request<Body>) -> axum::response::Response {
        let is_upload = request.uri().path().contains("/api/upload");
        let is_somebody = request.headers().contains_key(header::COOKIE);
        if !is_upload && !is_somebody && !self.state.services.options().demo {
            let cookie = self.administrator.get_or_init(|| self.sign_in("root", Role::Administrator)).await;
            // Under all its names, with and without TLS.
            let cookies = format!("{cookie}; __Host-{cookie}; __Secure-{cookie}");
            request.headers_mut().insert(header::COOKIE, cookies.parse().unwrap());
        }
        self.call_as_it_is(request).await
    }

    /// Sends a request from 192.0.2.7, without changing it.
    pub(crate) async fn call_as_it_is(&self, mut request: Request<Body>) -> axum::response::Response {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 40_000))));
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request as an administrator and reads the response.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.call(request).await).await
    }

    /// Sends a request without changing it and reads the response.
    pub(crate) async fn send_as_it_is(&self, request: Request<Body>) -> Answer {
        Answer::of(self.call_as_it_is(request).await).await
    }

    /// Like [`Site::send_as_it_is`] for responses that may never end: reads only the head.
    pub(crate) async fn send_as_it_is_briefly(&self, request: Request<Body>) -> Answer {
        let response = self.call_as_it_is(request).await;
        let is_stream =
            response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        if is_stream {
            let (parts, _) = response.into_parts();
            return Answer { status: parts.status, headers: parts.headers, body: String::new() };
        }
        Answer::of(response).await
    }

    /// Requests a page as a browser does.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(get(path)).await
    }

    /// Submits a form of a page as a browser without JavaScript does: with an error it is led back to the page.
    pub(crate) async fn submit(&self, function: &str, page: &str, body: &str) -> Answer {
        self.send(form(function, page, body)).await
    }

    /// Creates a channel that is told everything.
    pub(crate) async fn channel(&self, name: &str) -> ChannelId {
        let form = ChannelForm {
            name: name.into(),
            kind: "ntfy".into(),
            to: "backups".into(),
            topics: Topic::ALL.to_vec(),
            is_enabled: true,
            ..ChannelForm::default()
        };
        channels::create(&self.state.services, &Actor::System, form).await.unwrap()
    }

    /// Posts JSON as Duplicati does.
    pub(crate) async fn post(&self, path: &str, body: impl ToString) -> Answer {
        self.send(post(path, "application/json", body)).await
    }

    /// Returns the data of the dashboard.
    pub(crate) async fn dashboard(&self) -> Value {
        let shown = dashboard::show(&self.state.services, &Actor::CommandLine, Default::default());
        serde_json::to_value(shown.await.unwrap()).unwrap()
    }

    /// Returns the data of the page of a server.
    pub(crate) async fn server_page(&self, id: i64, page: i64) -> Value {
        let (range, sort) = Default::default();
        let query =
            ServerQuery { server: ServerId(id), job: None, day: None, range, sort, ascending: false, page };
        let shown = page_of_server::show(&self.state.services, &Actor::CommandLine, query);
        serde_json::to_value(shown.await.unwrap()).unwrap()
    }

    /// Returns the data of the page of a run.
    pub(crate) async fn run_page(&self, id: i64) -> Value {
        let query = RunQuery { run: RunId(id), lines: Default::default(), page: 1 };
        let shown = run::show(&self.state.services, &Actor::CommandLine, query);
        serde_json::to_value(shown.await.unwrap()).unwrap()
    }

    /// Returns the list of rejected reports: `(reason, status)`.
    pub(crate) async fn rejected(&self) -> Vec<(String, i64)> {
        rejected::write_waiting(&self.state.services).await.unwrap();
        let page = rejected::list(&self.state.services, &Actor::CommandLine, 1).await.unwrap();
        page.rows.into_iter().map(|row| (row.reason, row.http_status)).collect()
    }
}

impl Answer {
    async fn of(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        Self { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns a header, or an empty string.
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::ACCEPT, "text/html")
        .header(header::USER_AGENT, "a browser")
        .header(header::HOST, "backup.example")
        .body(Body::empty())
        .unwrap()
}

pub(crate) fn post(path: &str, content_type: &str, body: impl ToString) -> Request<Body> {
    let body = body.to_string();
    Request::post(path)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from(body))
        .unwrap()
}

pub(crate) fn with_method(mut request: Request<Body>, method: Method) -> Request<Body> {
    *request.method_mut() = method;
    request
}

pub(crate) fn from_address(mut request: Request<Body>, address: [u8; 4]) -> Request<Body> {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 1))));
    request
}

/// Returns a report of a run that began at this hour.
pub(crate) fn report(hour: u8) -> Value {
    serde_json::json!({
        "Data": {
            "MainOperation": "Backup", "ParsedResult": "Success", "BeginTime": format!("2026-11-23T{hour:02}:00:00Z"),
            "EndTime": format!("2026-11-23T{hour:02}:10:00Z"), "Duration": "00:10:00", "ExaminedFiles": 100,
            "BackendStatistics": {"KnownFileSize": 5000, "BytesUploaded": 50, "BackupListCount": 7},
        },
        "Extra": {"OperationName": "Backup", "backup-name": "Documents", "machine-name": "nas", "machine-id": "a1"},
        "LogLines": [],
    })
}
