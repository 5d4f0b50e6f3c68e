/**
 * PowerShell that makes a folder which SYSTEM and administrators alone can write to, for what they later trust. Everybody
 * may make folders below ProgramData, and whoever owns one may always let himself in again: a folder of somebody else's
 * is refused, never taken over. packaging/install/install.ps1 holds the same text.
 */
import { code } from '../code-text.js';

export const PROTECT_FOLDER = code`# S-1-5-18 is SYSTEM, S-1-5-32-544 the administrators, in every language of Windows.
function Get-OwnerId([string]$Path) {
    return (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value
}

function Test-Link([string]$Path) {
    return [bool]((Get-Item -LiteralPath $Path -Force).Attributes -band [IO.FileAttributes]::ReparsePoint)
}

function Protect-Folder([string]$Path) {
    $owners = @('S-1-5-18', 'S-1-5-32-544')
    if (-not (Test-Path -LiteralPath $Path)) { New-Item -ItemType Directory -Path $Path | Out-Null }
    elseif ((Test-Link $Path) -or $owners -notcontains (Get-OwnerId $Path)) {
        throw "$Path is there already, and it is not of the administrators. Look at what it is, and remove it first."
    }
    # Owner and rights in one step; no right of before stays, and none comes from above.
    $rights = New-Object -TypeName Security.AccessControl.DirectorySecurity
    $rights.SetSecurityDescriptorSddlForm('O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', 'Owner, Access')
    Set-Acl -LiteralPath $Path -AclObject $rights
    # What was put there before that.
    $owners += [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    foreach ($inside in @(Get-ChildItem -LiteralPath $Path -Force)) {
        if ((Test-Link $inside.FullName) -or $owners -notcontains (Get-OwnerId $inside.FullName)) {
            throw "$($inside.FullName) is not of the administrators. Look at what it is, and remove it first."
        }
    }
}`;
