//! What neither rustfmt nor clippy holds.
use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS_MAX: usize = 100;
/// Lines of a file that are neither blank nor only a comment.
const CODE_LINES_MAX: usize = 400;

fn files(folder: &Path, kind: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, kind, found);
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
}

/// Everything untidy in a text, as `path:line: what`.
fn untidy(path: &str, text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let mut code_lines = 0;
    for (line, number) in text.lines().zip(1..) {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            errors.push(format!(
                "{path}:{number}: {columns} columns, at most {COLUMNS_MAX}"
            ));
        }
        if line.contains('\t') {
            errors.push(format!(
                "{path}:{number}: a tab; write spaces, or \\t in a string"
            ));
        }
        if line.ends_with(' ') {
            errors.push(format!("{path}:{number}: a space at the end of the line"));
        }
        let code = line.trim_start();
        if !code.is_empty() && !code.starts_with("//") {
            code_lines += 1;
            if code_lines == CODE_LINES_MAX + 1 {
                errors.push(format!(
                    "{path}:{number}: more than {CODE_LINES_MAX} lines of code"
                ));
            }
        }
    }
    errors
}

// Goal: files stay short and lines narrow.
// Method: read every Rust file of the workspace, and the shipped scenarios: they are pages, too.
#[test]
fn sources_are_tidy() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut found = Vec::new();
    let folders = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for member in folders.filter(|folder| folder.join("Cargo.toml").exists()) {
        files(&member, "rs", &mut found);
    }
    files(&root.join("scenarios/library"), "toml", &mut found);
    found.sort();
    assert!(found.len() > 30, "only {} files found", found.len());
    let mut errors = Vec::new();
    for file in &found {
        let path = file.strip_prefix(root).unwrap().display().to_string();
        errors.extend(untidy(&path, &fs::read_to_string(file).unwrap()));
    }
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));
}

// Goal: the check above can fail.
// Method: a text with one fault of each kind.
#[test]
fn untidy_lines_are_found() {
    let text = format!("{}\nlet\tx = 1;\nx \n", "é".repeat(101));
    assert_eq!(
        untidy("a.rs", &text),
        [
            "a.rs:1: 101 columns, at most 100",
            "a.rs:2: a tab; write spaces, or \\t in a string",
            "a.rs:3: a space at the end of the line",
        ]
    );
    assert_eq!(
        untidy("b.rs", &"// x\nx\n\n".repeat(401)),
        ["b.rs:1202: more than 400 lines of code"]
    );
}
