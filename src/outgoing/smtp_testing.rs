//! An SMTP server on loopback for tests, with TLS by a certificate for `localhost` and `mail.test`.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use crate::notify::Security;

/// The authority of the server's certificate.
pub(crate) const AUTHORITY: &str = include_str!("../../end2end/support/certificates/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../end2end/support/certificates/server.pem");
const KEY: &[u8] = include_bytes!("../../end2end/support/certificates/server.key");

/// The server; it runs until the process ends.
pub(crate) struct SmtpServer {
    pub(crate) port: u16,
    /// The commands that it got.
    pub(crate) commands: Arc<Mutex<Vec<String>>>,
    /// The e-mails that it took.
    pub(crate) mails: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
}

impl SmtpServer {
    /// Starts a server that takes everything, unless it is told otherwise.
    pub(crate) fn start(security: Security) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, commands: Arc::default(), mails: Arc::default(), answers: Arc::default() };
        let (commands, mails, answers) =
            (server.commands.clone(), server.mails.clone(), server.answers.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let session =
                    Session { commands: commands.clone(), mails: mails.clone(), answers: answers.clone() };
                thread::spawn(move || session.serve(stream, security));
            }
        });
        server
    }

    /// Answers commands that begin with a text in another way from now on.
    pub(crate) fn answers(&self, command: &'static str, answer: &'static str) {
        self.answers.lock().unwrap().insert(0, (command, answer));
    }

    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap().clone()
    }
}

struct Session {
    commands: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
}

/// Speaks TLS as a server.
pub(crate) fn with_tls(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}

impl Session {
    fn serve(&self, stream: TcpStream, security: Security) {
        match security {
            Security::Tls => {
                let _ = self.talk(with_tls(stream), "AUTH PLAIN LOGIN", true);
            }
            Security::Plain => {
                let _ = self.talk(stream, "AUTH PLAIN LOGIN", true);
            }
            Security::StartTls => {
                let again = stream.try_clone().unwrap();
                if self.talk(stream, "STARTTLS", true) == Some(()) {
                    let _ = self.talk(with_tls(again), "AUTH PLAIN LOGIN", false);
                }
            }
        }
    }

    /// Returns something when the client wants TLS now.
    fn talk(&self, stream: impl Read + Write, extension: &str, greets: bool) -> Option<()> {
        let mut stream = BufReader::new(stream);
        if greets {
            let greeting = self.answer("CONNECT", "220 mail.test ESMTP");
            write!(stream.get_mut(), "{greeting}\r\n").ok()?;
            stream.get_mut().flush().ok()?;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let command = line.trim_end().to_owned();
            self.commands.lock().unwrap().push(command.clone());
            let verb = command.split(' ').next().unwrap_or_default().to_uppercase();
            let usual = match verb.as_str() {
                "EHLO" => format!("250-mail.test\r\n250-8BITMIME\r\n250 {extension}"),
                "AUTH" => "235 2.7.0 Authentication successful".to_owned(),
                "DATA" => "354 End data with <CR><LF>.<CR><LF>".to_owned(),
                "STARTTLS" => "220 2.0.0 Ready to start TLS".to_owned(),
                "QUIT" => "221 2.0.0 Bye".to_owned(),
                _ => "250 2.1.0 Ok".to_owned(),
            };
            let answer = self.answer(&command, &usual);
            write!(stream.get_mut(), "{answer}\r\n").ok()?;
            stream.get_mut().flush().ok()?;
            match verb.as_str() {
                "STARTTLS" => return Some(()),
                "QUIT" => return None,
                "DATA" if answer.starts_with("354") => {
                    let mut mail = String::new();
                    loop {
                        let mut line = String::new();
                        if stream.read_line(&mut line).ok()? == 0 {
                            return None;
                        }
                        if line == ".\r\n" {
                            break;
                        }
                        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    }
                    let answer = self.answer("MESSAGE", "250 2.0.0 Ok: queued as 4F1A");
                    if answer.starts_with('2') {
                        self.mails.lock().unwrap().push(mail);
                    }
                    write!(stream.get_mut(), "{answer}\r\n").ok()?;
                    stream.get_mut().flush().ok()?;
                }
                _ => {}
            }
        }
    }

    fn answer(&self, command: &str, usual: &str) -> String {
        let answers = self.answers.lock().unwrap();
        let own = answers.iter().find(|(begin, _)| command.starts_with(begin));
        own.map_or_else(|| usual.to_owned(), |(_, answer)| (*answer).to_owned())
    }
}
