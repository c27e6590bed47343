//! The long-running filter: git's protocol, version 2. Git starts the program once and sends it file after file.
//!
//! A packet is four hexadecimal digits (its length, these four included) and its bytes; `0000` ends a list of packets
//! or a content. `gitattributes(5)` has the whole of it.

use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;

use super::path_from;

/// Bytes of content that fit in one packet.
const LARGEST: usize = 65_516;

/// What git asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// From the working tree into the repository.
    Clean,
    /// From the repository into the working tree.
    Smudge,
}

/// Answers git until it hangs up. `filter` gives the new content, or nothing where it refuses.
///
/// # Errors
/// A peer that speaks another protocol, and pipes that break.
pub fn serve(
    input: &mut impl Read,
    output: &mut impl Write,
    mut filter: impl FnMut(Request, PathBuf, Vec<u8>) -> Option<Vec<u8>>,
) -> io::Result<()> {
    let hello = read_list(input)?.unwrap_or_default();
    let understood =
        hello.first().is_some_and(|line| line == b"git-filter-client") && hello.iter().any(|line| line == b"version=2");
    if !understood {
        return Err(foreign(
            "no git that speaks version 2 of the filter protocol is at the other end",
        ));
    }
    write_list(output, &["git-filter-server", "version=2"])?;
    let offered = read_list(input)?.unwrap_or_default();
    let known = ["capability=clean", "capability=smudge"];
    let both: Vec<&str> = known
        .into_iter()
        .filter(|name| offered.iter().any(|line| line == name.as_bytes()))
        .collect();
    write_list(output, &both)?;
    while let Some(header) = read_list(input)? {
        let value = |key: &[u8]| header.iter().find_map(|line| line.strip_prefix(key));
        let request = match value(b"command=") {
            Some(b"clean") => Some(Request::Clean),
            Some(b"smudge") => Some(Request::Smudge),
            _ => None,
        };
        let path = path_from(value(b"pathname=").unwrap_or_default());
        let content = read_content(input)?;
        match request.and_then(|request| filter(request, path, content)) {
            Some(content) => {
                write_list(output, &["status=success"])?;
                write_content(output, &content)?;
                // an empty list: the status that was said stays
                write_list(output, &[])?;
            }
            None => write_list(output, &["status=error"])?,
        }
    }
    Ok(())
}

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packet {
    Content,
    Flush,
    /// Nothing more: the other end has closed the pipe.
    HungUp,
}

/// The lines up to a flush, without their ends; nothing where the other end has hung up.
fn read_list(input: &mut impl Read) -> io::Result<Option<Vec<Vec<u8>>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        match read_packet(input, &mut line)? {
            Packet::Content => {
                if line.last() == Some(&b'\n') {
                    line.pop();
                }
                lines.push(line);
            }
            Packet::Flush => return Ok(Some(lines)),
            Packet::HungUp if lines.is_empty() => return Ok(None),
            Packet::HungUp => return Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn read_content(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        match read_packet(input, &mut content)? {
            Packet::Content => {}
            Packet::Flush => return Ok(content),
            Packet::HungUp => return Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Appends a packet's bytes to `into`.
fn read_packet(input: &mut impl Read, into: &mut Vec<u8>) -> io::Result<Packet> {
    let mut digits = Vec::with_capacity(4);
    if input.by_ref().take(4).read_to_end(&mut digits)? == 0 {
        return Ok(Packet::HungUp);
    }
    let length = std::str::from_utf8(&digits)
        .ok()
        .filter(|digits| digits.len() == 4)
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .ok_or_else(|| foreign("what came is no packet of git"))?;
    let size = match length {
        0 => return Ok(Packet::Flush),
        1..=3 => return Err(foreign("what came is no packet of git")),
        _ => length - 4,
    };
    let read = input.take(size).read_to_end(into)?;
    match u64::try_from(read) == Ok(size) {
        true => Ok(Packet::Content),
        false => Err(ErrorKind::UnexpectedEof.into()),
    }
}

fn write_list(output: &mut impl Write, lines: &[&str]) -> io::Result<()> {
    for line in lines {
        writeln!(output, "{:04x}{line}", line.len() + 5)?;
    }
    output.write_all(b"0000")?;
    output.flush()
}

fn write_content(output: &mut impl Write, content: &[u8]) -> io::Result<()> {
    for piece in content.chunks(LARGEST) {
        write!(output, "{:04x}", piece.len() + 4)?;
        output.write_all(piece)?;
    }
    output.write_all(b"0000")?;
    output.flush()
}

fn foreign(message: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}
